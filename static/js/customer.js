// A customer's facts and story: when something changed the page asks again, twice a second at most, for what it shows,
// and puts each new happening in its place.
import { turnTo } from "./socket.js";

const EVERY = 500; // ms between two questions, so that what comes just after one is on the screen within the second
const SETTLE = 200; // the figures that a fact changes are computed a moment after it: one question is for both
const $ = (selector) => document.querySelector(selector);
const shown = () => Number($("[data-customer]")?.dataset.customer) || 0;
const fragment = (html) => document.createRange().createContextualFragment(html);
let asked = 0;
let waiting;

const changed = () => {
  waiting ??= setTimeout(refresh, Math.max(SETTLE, asked + EVERY - Date.now()));
};

// Whoever writes in a place is not interrupted, and what they have not sent yet is not lost.
const isWritten = (place) =>
  place.contains(document.activeElement) && document.activeElement.matches("input, textarea, select") ||
  [...place.querySelectorAll("input, textarea")].some((field) => field.value !== field.defaultValue);

// The answer to a button finds what else it changes only from the page that its button is still in.
const isAsking = (place) => Boolean(place.querySelector(".htmx-request"));
const isBusy = (place) => isWritten(place) || isAsking(place);
const later = (place) => (waiting ??= setTimeout(refresh, isWritten(place) ? 7 * EVERY : EVERY));

const refresh = () => {
  waiting = undefined;
  asked = Date.now();
  for (const place of document.querySelectorAll("[data-live-facts]")) {
    if (isBusy(place)) {
      later(place);
      continue;
    }
    const open = [...place.querySelectorAll("details")].map((each) => each.open);
    htmx.ajax("GET", place.dataset.liveFacts, { source: place, target: place, swap: "outerHTML" }).then(() => {
      const fresh = document.getElementById(place.id);
      fresh?.querySelectorAll("details").forEach((each, index) => (each.open ||= open[index] ?? false));
    });
  }
  story();
  thread();
};

const story = async () => {
  const list = $("#signals[data-head]");
  if (!list) return;
  const answer = await fetch(list.dataset.head, { headers: { "HX-Request": "true" } });
  if (answer.ok) put(list, fragment(await answer.text()));
};

// In an open thread it stands among the messages, by its time; the view follows where it was at the end.
const thread = async () => {
  const page = $("main.thread[data-happened]"), log = $("#scroller");
  if (!page) return;
  const answer = await fetch(page.dataset.happened, { headers: { "HX-Request": "true" } });
  if (!answer.ok || !page.isConnected) return;
  const wasAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  for (const line of fragment(await answer.text()).querySelectorAll("li.fact[id]")) among(line);
  if (wasAtEnd) log.scrollTop = log.scrollHeight;
};

const among = (line) => {
  const old = document.getElementById(line.id), at = line.querySelector("time").dateTime;
  if (old) return old.textContent === line.textContent || old.replaceWith(line);
  const before = [...document.querySelectorAll("#timeline > .event:not(.day)")].findLast((each) => each.querySelector("time")?.dateTime <= at);
  line.classList.add("arrived");
  before?.after(line);
};

// The newest page again: what is there stays, what changed is replaced, what is new stands where it happened.
const put = (list, page) => {
  let before = null;
  for (const line of page.querySelectorAll("li.event[id]:not(.older)")) {
    const old = document.getElementById(line.id);
    if (old && (old.textContent === line.textContent || old.querySelector("details[open]"))) before = old;
    else if (old) old.replaceWith((before = line));
    else {
      if (!line.matches(".day")) line.classList.add("arrived");
      before ? before.after(line) : list.prepend(line);
      before = line;
    }
    if (before === line) htmx.process(line);
  }
  list.querySelector(".nothing")?.remove();
};

// A day goes on over two pages: its name stands once.
const once = () => {
  const known = new Set();
  for (const day of document.querySelectorAll("#signals > .day")) known.has(day.id) ? day.remove() : known.add(day.id);
};

// What came after stands above: who scrolls up meets it, and what is being read stays where it is.
let last = 0;
let height = 0;
document.addEventListener("scroll", ({ target }) => {
  if (target.id !== "page-scroll") return;
  const up = target.scrollTop < last, newer = $("#story-newer");
  last = target.scrollTop;
  if (up && newer && newer.getBoundingClientRect().bottom > target.getBoundingClientRect().top) htmx.trigger(newer, "newer");
}, { capture: true, passive: true });

document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const place = detail.target;
  if (place.matches("[data-live-facts]") && place === detail.requestConfig.elt && isBusy(place)) {
    detail.shouldSwap = false;
    later(place);
  }
  if (detail.target.id === "story-newer") height = $("#page-scroll").scrollHeight;
});
document.body.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "story-newer") return;
  $("#page-scroll").scrollTop += $("#page-scroll").scrollHeight - height;
});

document.body.addEventListener("htmx:afterSettle", () => {
  once();
  turnTo(shown());
});
// What was said stands in the thread already; only a story tells it, too.
document.body.addEventListener("desk.customer", ({ detail }) => detail.customer === shown() && (!detail.said || $("#signals")) && changed());
document.body.addEventListener("desk:back", () => shown() && changed());
// A socket that was slow to open has missed what came since the page was drawn.
document.body.addEventListener("desk:connected", () => shown() && performance.now() > 2000 && changed());
turnTo(shown());
