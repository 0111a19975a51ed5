// Rules in their order: dragged to a place, or moved from their name by Alt with an arrow. The arrows beside them are forms.
const list = (element) => element.closest?.("[data-rules]");
let dragged = null;

const over = (item) => {
  for (const each of document.querySelectorAll(".rule-list .over")) each.classList.remove("over");
  item?.classList.add("over");
};

document.addEventListener("dragstart", (event) => {
  dragged = list(event.target) ? event.target.closest("li") : null;
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.key);
  dragged.classList.add("dragged");
});

document.addEventListener("dragover", (event) => {
  if (!dragged || !list(event.target)) return;
  event.preventDefault();
  over(event.target.closest("li"));
});

document.addEventListener("drop", (event) => {
  const item = dragged && list(event.target) ? event.target.closest("li") : null;
  if (!item) return;
  event.preventDefault();
  const form = document.querySelector("#order");
  form.elements.key.value = dragged.dataset.key;
  form.elements.place.value = [...item.parentElement.children].indexOf(item);
  form.requestSubmit();
});

document.addEventListener("dragend", () => {
  dragged?.classList.remove("dragged");
  dragged = null;
  over(null);
});

document.addEventListener("keydown", (event) => {
  const way = event.altKey && { ArrowUp: "up", ArrowDown: "down" }[event.key];
  const item = way && list(event.target) ? event.target.closest("li") : null;
  if (!item) return;
  event.preventDefault();
  document.getElementById(`${way}-${item.dataset.key}`)?.form.requestSubmit();
});

// The columns are drawn anew when a rule has moved; each stays as far down as it was.
let depths = [];
const columns = () => [...(document.querySelector("#policy")?.children ?? [])];
document.addEventListener("htmx:beforeSwap", ({ detail }) => detail.target.id === "policy" && (depths = columns().map((each) => each.scrollTop)));
document.addEventListener("htmx:afterSwap", () => {
  columns().forEach((each, number) => depths[number] && (each.scrollTop = depths[number]));
  depths = [];
});
