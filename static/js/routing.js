// Routing: new decisions come in on top, but never under the pointer; a replay shows how far it is.
const list = () => document.querySelector("#decisions");
const button = () => document.querySelector(".routing .news button");
const held = new Map(); // rows that wait until nobody points at the list, the newest first

const isBusy = () => list().parentElement.matches(":hover") || list().contains(document.activeElement) || list().parentElement.scrollTop > 0;

// The newest go first, in the order in which they came; those that are there already are only drawn anew.
const place = (rows) => {
  for (const row of [...rows].reverse()) {
    const old = document.getElementById(row.id);
    if (old?.querySelector("[aria-current]")) row.querySelector(".who").setAttribute("aria-current", "true");
    if (old) old.replaceWith(row);
    else row.classList.add("arrived"), list().prepend(row);
    window.htmx.process(row);
  }
};

const count = () => {
  const { one, many } = button().dataset;
  button().textContent = held.size === 1 ? one : many.replace("{n}", held.size);
  button().parentElement.hidden = !held.size;
};

const release = () => {
  place(held.values());
  held.clear();
  count();
};

const take = (html) => {
  const came = document.createRange().createContextualFragment(html);
  const rows = [...came.querySelectorAll("ol > li")];
  list().dataset.newest = came.querySelector("ol").dataset.newest || list().dataset.newest;
  document.querySelector("#decision-counts")?.replaceWith(came.querySelector("#decision-counts"));
  const there = rows.filter((row) => document.getElementById(row.id));
  place(there.filter((row) => row.outerHTML !== document.getElementById(row.id).outerHTML && !document.getElementById(row.id).contains(document.activeElement)));
  const fresh = rows.filter((row) => !there.includes(row));
  const before = [...held];
  held.clear();
  for (const row of fresh) held.set(row.id, row);
  for (const [id, row] of before) if (!held.has(id)) held.set(id, row);
  document.querySelector("#routing .empty")?.remove();
  if (isBusy()) count();
  else release();
};

let later;
const ask = (also = 0) => {
  clearTimeout(later);
  later = setTimeout(async () => {
    const { news, newest } = list().dataset;
    const where = `${news}&after=${encodeURIComponent(newest)}&also=${also}`;
    const answer = await fetch(where, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (answer?.ok) take(await answer.text());
  }, 300);
};

const mark = (opened) => {
  for (const link of list().querySelectorAll(".who")) {
    if (link.closest("li").id === `decision-${opened}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
};

document.body.addEventListener("desk.decision", ({ detail }) => list() && ask(detail.changed));
document.body.addEventListener("desk:back", () => list() && ask());
document.body.addEventListener("desk:connected", () => list() && ask()); // what came while this page was on its way
document.body.addEventListener("desk.replay", ({ detail }) => {
  const shown = document.querySelector("#replay");
  if (shown?.dataset.replay === String(detail.replay)) window.htmx.trigger(shown, "moved");
});
document.body.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id !== "decision" || !list()) return;
  const decision = document.querySelector("#decision");
  mark(decision.dataset.decision);
  document.querySelector("#routing").classList.add("one-picked");
  if (detail.requestConfig?.verb === "get") decision.focus({ preventScroll: true });
});
if (list()) {
  button().addEventListener("click", () => (release(), (list().parentElement.scrollTop = 0)));
  list().parentElement.addEventListener("pointerleave", () => !isBusy() && release());
}
