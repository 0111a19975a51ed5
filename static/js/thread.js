// The thread: what arrives hangs on at the end, once; the view follows only where it already was at the end.
import { reach } from "./lines.js";
import { open, say } from "./socket.js";
import { dayOf, localise } from "./times.js";

const $ = (selector) => document.querySelector(selector);
const page = () => document.querySelector("main.thread[data-conversation]");
const number = () => Number(page()?.dataset.conversation) || 0;
const isAtEnd = () => {
  const log = $("#scroller");
  return log.scrollHeight - log.scrollTop - log.clientHeight < 80;
};
let unseen = 0;

const toEnd = () => {
  $("#scroller").scrollTop = $("#scroller").scrollHeight;
  unseen = 0;
  $("#to-end").hidden = true;
};

// A new event, or a newer state of one that is there: its id says which.
const put = (event) => {
  const old = document.getElementById(event.id);
  const asking = old?.querySelector(".htmx-request"); // its answer still finds the page from where it was asked
  if (asking) return asking.addEventListener("htmx:afterRequest", () => setTimeout(() => put(event)), { once: true }), false;
  localise(event);
  own(event);
  if (old) {
    const open = [...old.querySelectorAll("details")].map((each) => each.open);
    event.querySelectorAll("details").forEach((each, index) => (each.open ||= open[index] ?? false));
    const refocus = carry(old, event);
    old.replaceWith(event);
    refocus();
  } else {
    openDay(event);
    event.classList.add("arrived");
    $("#timeline").append(event);
  }
  htmx.process(event);
  thread();
  return !old;
};

// What somebody has begun to write on a card stays, and so does a recording that plays.
const carry = (old, event) => {
  let focused = () => {};
  for (const field of old.querySelectorAll("textarea")) {
    const same = field.value && event.querySelector(`textarea[name="${field.name}"]`);
    if (!same) continue;
    same.value = field.value;
    same.closest("details")?.setAttribute("open", "");
    if (field !== document.activeElement) continue;
    const { selectionStart, selectionEnd } = field;
    focused = () => (same.focus({ preventScroll: true }), same.setSelectionRange(selectionStart, selectionEnd));
  }
  for (const sound of old.querySelectorAll("audio")) {
    const same = event.querySelector(`audio[src="${sound.getAttribute("src")}"]`);
    if (!same || (sound.paused && !sound.currentTime)) continue;
    same.currentTime = sound.currentTime;
    if (!sound.paused) same.play();
  }
  return () => focused();
};

const openDay = (event) => {
  const id = `day-${dayOf(event.querySelector("time")?.getAttribute("datetime"))}`;
  if (document.getElementById(id) || id !== `day-${dayOf()}`) return;
  const today = $("#today").content.firstElementChild.cloneNode(true);
  today.id = id;
  $("#timeline").append(today);
};

const events = (html) => [...document.createRange().createContextualFragment(html).querySelectorAll("li.event")];

const arrive = (html) => {
  const wasAtEnd = isAtEnd();
  const fresh = events(html).filter(put).length;
  if (!fresh) return;
  $("#typing").hidden = true;
  if (wasAtEnd) return toEnd(), read();
  unseen += fresh;
  const button = $("#to-end");
  button.textContent = unseen === 1 ? button.dataset.one : button.dataset.many.replace("{n}", unseen);
  button.hidden = false;
};

const read = () => {
  if (number() && document.hasFocus() && isAtEnd()) htmx.ajax("POST", page().dataset.reading, { swap: "none", source: page() });
};

// The line takes the colour of the channel in use: days and facts between messages have none of their own.
const thread = () => {
  let channel = "";
  for (const event of document.querySelectorAll("#timeline > .event")) {
    if (event.id.startsWith("message-") && event.dataset.channel && !event.dataset.lent) channel = event.dataset.channel;
    else if (channel && !event.matches(".talk")) Object.assign(event.dataset, { channel, lent: "1" });
  }
};

// A note can be changed by whoever wrote it.
const own = (root) => {
  for (const link of root.querySelectorAll(".edit")) link.hidden = link.dataset.author !== document.body.dataset.agent;
};

const missed = async (event) => {
  if (!number()) return;
  const answer = await fetch(page().dataset.since + page().dataset.stamp, { headers: { "HX-Request": "true" } });
  if (answer.status === 205 || !answer.ok) return event?.type === "desk:connected" || location.reload();
  const html = await answer.text();
  arrive(html);
  page().dataset.stamp = document.createRange().createContextualFragment(html).querySelector("ol").dataset.stamp;
};

let quiet;
const typing = ({ detail }) => {
  if (detail.conversation !== number()) return;
  const wasAtEnd = isAtEnd();
  $("#typing").hidden = false;
  if (wasAtEnd) toEnd();
  clearTimeout(quiet);
  quiet = setTimeout(() => ($("#typing").hidden = true), 6000);
};

// We write: the others see it, for as long as keys come.
let told = 0;
let silent;
document.addEventListener("input", (event) => {
  if (!event.target.closest?.("#composer") || !number()) return;
  if (Date.now() - told > 3000) {
    const mode = event.target.closest("#note-form") ? "note" : "reply"; // only of an answer does the customer see the dots
    say({ typing: number(), writing: true, mode });
    told = Date.now();
  }
  clearTimeout(silent);
  silent = setTimeout(() => say({ typing: number(), writing: false }), 6000);
});

// The composer grows and shrinks: who was at the end stays there.
let atEnd = true;
const sizes = new ResizeObserver(() => atEnd && toEnd());

const begin = () => {
  sizes.disconnect();
  if (!page()) return open(0);
  open(number());
  $("#list")?.removeAttribute("role"); // Alone it was the page's main part.
  unseen = 0;
  own(page());
  thread();
  const named = /^#message-\d+$/.test(location.hash) && location.hash.slice(1); // by a link to one line
  atEnd = !named;
  if (named) reach(named);
  else toEnd();
  document.querySelector(".desk").dataset.pane = "thread";
  sizes.observe($("#scroller"));
  $("#scroller").addEventListener("scroll", () => {
    atEnd = isAtEnd();
    if (atEnd && unseen) toEnd(), read();
  }, { passive: true });
  $("#to-end").addEventListener("click", () => (toEnd(), read()));
};

document.body.addEventListener("desk.event", ({ detail }) => {
  if (detail.conversation !== number()) return;
  if (detail.language && detail.language !== document.documentElement.lang) missed(); // In our own language.
  else arrive(detail.html);
});
document.body.addEventListener("desk.typing", typing);
document.body.addEventListener("desk:back", missed);
// A socket that was slow to open has missed what was said since the page was drawn.
document.body.addEventListener("desk:connected", (event) => performance.now() > 2000 && missed(event));
document.body.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id === "page") begin();
  else if (detail.target.id === "older") thread();
});
// Older events come in above: what is being read stays where it is.
let height = 0;
document.body.addEventListener("htmx:beforeSwap", ({ detail }) => detail.target.id === "older" && (height = $("#scroller").scrollHeight));
document.body.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "older") return;
  $("#scroller").scrollTop += $("#scroller").scrollHeight - height;
});
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-images]");
  if (!button) return;
  button.closest("details").querySelector("iframe").src = button.dataset.images;
  button.remove();
});
addEventListener("focus", read);
begin();
