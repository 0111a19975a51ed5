// Toasts: the newest alone, gone when its seconds are over. Z presses its Undo through data-key.
const region = () => document.querySelector("#toasts");

const opened = () => document.querySelector("main.thread[data-conversation]")?.dataset.conversation ?? "";

const start = (toast) => {
  if (toast.dataset.started) return;
  toast.dataset.started = "1";
  toast.dataset.of = opened();
  for (const older of region().querySelectorAll(".toast")) if (older !== toast) leave(older);
  setTimeout(() => leave(toast), Number(toast.dataset.seconds ?? 8) * 1000);
};

// One whose Undo is on its way stays in the page unseen: from there htmx looks for what the answer changes elsewhere.
const leave = (toast) => {
  toast.hidden = true;
  const form = toast.querySelector(".htmx-request");
  if (form) form.addEventListener("htmx:afterRequest", () => toast.remove());
  else toast.remove();
};

const look = () => region()?.querySelectorAll(".toast").forEach(start);

const watch = () => {
  const place = region();
  if (!place) return;
  look();
  new MutationObserver(look).observe(place, { childList: true, subtree: true });
};

// A toast whose Undo was pressed has done its work.
addEventListener("submit", (event) => {
  const toast = event.target.closest?.(".toast");
  if (toast) setTimeout(() => leave(toast));
});

// Another conversation may be open by then: Undo leads back to the one it is about, and puts nothing into this one.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const of = detail.requestConfig.elt.closest(".toast")?.dataset.of;
  if (!of || of === opened()) return;
  detail.shouldSwap = false;
  location.assign(`/conversations/${of}/`);
});

watch();
