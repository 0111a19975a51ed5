// The list: rows come in, change and go, but never move under the pointer, and the open row stays where it is.
import { localise } from "./times.js";

const list = () => document.querySelector("#waiting");
const section = () => document.querySelector("#list");
const opened = () => Number(document.querySelector("#page")?.dataset.conversation) || 0;
const me = document.body.dataset.agent;
const fragment = (html) => document.createRange().createContextualFragment(html).querySelector("li");

// Whether a pushed row belongs in the list on screen; null where only the server can tell.
const belongs = (row) => {
  const { view, filtered } = section().dataset;
  const { status, assignee, team } = row.dataset;
  const waits = status === "open" || status === "pending";
  if (Number(filtered) || view.startsWith("saved-") || view === "mentions" || view === "spam") return null;
  if (view === "mine") return waits && assignee === me;
  if (view === "unassigned") return waits && !assignee;
  if (view === "all") return waits;
  if (view.startsWith("team-")) return waits && team === view.slice(5);
  return status === view;
};

// Where a row stands in the list's order: it goes before the first that stands higher. What is due comes before all else.
const NOT_DUE = 1e12; // later than any moment, in seconds
const height = {
  waiting: ({ queue }) => Number(queue),
  due: ({ due, queue }) => Number(due) || NOT_DUE + Number(queue),
  newest: () => 0,
};

const place = (row) => {
  const { sort } = section().dataset;
  const stands = (each) => height[sort](each.dataset);
  const after = [...list().querySelectorAll("li[data-queue]")].find((other) => sort === "newest" || stands(other) > stands(row));
  if (after) after.before(row);
  else if (!list().querySelector("#more")) list().append(row);
  else list().querySelector("#more").before(row);
};

// A row that was drawn in another language than this agent's is asked for again.
const ours = async ({ html, language, conversation }) => {
  if (!language || language === document.documentElement.lang) return html;
  const answer = await fetch(`/conversations/${conversation}/row/`, { headers: { "HX-Request": "true" } });
  return answer.ok ? answer.text() : html;
};

const show = async ({ detail }) => {
  if (!list()) return counts();
  const row = fragment(await ours(detail));
  const old = document.getElementById(row.id);
  const link = row.querySelector(".who");
  const isOpen = detail.conversation === opened();
  if (isOpen) link.setAttribute("aria-current", "true");
  if (detail.inbound && !(isOpen && document.hasFocus())) row.toggleAttribute("data-unread", true);
  else if (old?.hasAttribute("data-unread") && !isOpen && row.querySelector(".sla time")) row.toggleAttribute("data-unread", true);
  localise(row);
  if (old) swap(old, row);
  else if (belongs(row)) {
    row.classList.add("arrived");
    place(row);
  } else return counts();
  htmx.process(row);
  counts();
};

// The open row stays though it left the view, until the next one is opened; what is under the pointer stays as well.
const swap = (old, row) => {
  const focused = old.contains(document.activeElement);
  const stays = belongs(row) !== false || row.querySelector("[aria-current]") || old.matches(":hover");
  if (!stays) return old.remove();
  showWriting(row, old.querySelector(".writing span")?.textContent);
  row.querySelector(".chosen").checked = old.querySelector(".chosen").checked;
  old.replaceWith(row);
  if (focused) row.querySelector(".who").focus({ preventScroll: true });
};

// Who writes stands in the place of what was said last.
const showWriting = (row, said) => {
  const words = row.querySelector(".snippet:not(.writing)");
  row.querySelector(".writing")?.remove();
  words.hidden = Boolean(said);
  if (!said) return;
  const writing = document.querySelector("#writing").content.firstElementChild.cloneNode(true);
  writing.querySelector("span").textContent = said;
  words.after(writing);
};

const viewers = ({ detail }) => {
  const row = document.getElementById(`row-${detail.conversation}`);
  const writer = detail.viewers.find((viewer) => viewer.writing);
  if (row) showWriting(row, writer && list().dataset.writing.replace("{name}", writer.short));
  const head = document.querySelector("#viewers");
  if (head && detail.conversation === opened()) head.replaceChildren(...detail.viewers.map(avatar));
};

const avatar = (viewer) => {
  const made = document.createElement("span");
  made.className = "avatar small";
  made.style.setProperty("--h", viewer.hue);
  made.title = (list()?.dataset.looking ?? "{name}").replace("{name}", viewer.name);
  made.textContent = viewer.initials;
  return made;
};

let later;
const counts = () => {
  clearTimeout(later);
  later = setTimeout(() => document.body.dispatchEvent(new CustomEvent("desk:counts")), 700);
};

// The list's title counts what the rail counts, where it shows the whole of a view.
const title = () => {
  if (!section() || Number(section().dataset.filtered)) return;
  const count = document.querySelector(`.rail [data-view="${CSS.escape(section().dataset.view)}"] .count`);
  if (count) for (const each of section().querySelectorAll(".head h1 .count")) each.textContent = count.textContent;
};

// After a lost connection the list on screen is asked for again, as it is now.
const again = () => {
  counts();
  if (!section()) return;
  const { view, query } = section().dataset;
  htmx.ajax("GET", `/inbox/${view}/?${query}`, { target: "#list", swap: "outerHTML" }).then(mark);
};

// What changed between the drawing of this list and our joining the groups that it hears by, nobody has told us. What
// was told while we ask is newer than the answer.
let listens = false;
let asked;
const told = new Set();
const missed = async () => {
  const { stamp, changed } = section()?.dataset ?? {};
  if (!listens || !stamp || stamp === asked) return;
  asked = stamp;
  told.clear();
  const answer = await fetch(changed + stamp, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (answer?.status === 205) return again();
  if (answer?.status !== 200) return;
  const html = await answer.text();
  for (const row of document.createRange().createContextualFragment(html).querySelectorAll("li[data-queue]")) {
    const conversation = Number(row.id.slice("row-".length));
    if (told.has(conversation)) continue;
    if (conversation === opened()) row.removeAttribute("data-unread");
    show({ detail: { html: row.outerHTML, conversation } });
  }
};

const mark = () => {
  if (!opened()) section()?.setAttribute("role", "main"); // Alone it is the page's main part.
  for (const row of document.querySelectorAll(".waiting > li")) {
    const isOpen = row.id === `row-${opened()}`;
    const link = row.querySelector(".who");
    if (isOpen) {
      link?.setAttribute("aria-current", "true");
      row.removeAttribute("data-unread");
    } else link?.removeAttribute("aria-current");
  }
};

document.body.addEventListener("desk.row", (event) => (told.add(event.detail.conversation), show(event)));
document.body.addEventListener("desk:connected", () => ((listens = true), missed()));
document.body.addEventListener("desk.viewers", viewers);
document.body.addEventListener("desk.gone", ({ detail }) => {
  document.getElementById(`row-${detail.conversation}`)?.remove();
  if (detail.conversation === opened()) location.assign(detail.into ? `/conversations/${detail.into}/` : "/");
  counts();
});
document.body.addEventListener("desk:back", again);
document.body.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id === "list") mark(), missed(); // beside a thread it comes after it
  else if (detail.target.id === "rail-views") title();
  else if (detail.target.id === "page") mark(), counts();
});
