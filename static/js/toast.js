// Toasts: the newest alone, gone when its seconds are over. Z presses its Undo through data-key.
const region = () => document.querySelector("#toasts");

const start = (toast) => {
  if (toast.dataset.started) return;
  toast.dataset.started = "1";
  for (const older of region().querySelectorAll(".toast")) if (older !== toast) older.remove();
  setTimeout(() => toast.remove(), Number(toast.dataset.seconds ?? 8) * 1000);
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
  if (toast) setTimeout(() => toast.remove());
});

watch();
