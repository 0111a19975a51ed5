// Deadlines: what is at risk or late is said in a toast, and by the system where this page is not looked at.
const place = document.querySelector("#toasts");

const notify = (toast, conversation) => {
  if (document.hasFocus() || !document.body.dataset.notify || window.Notification?.permission !== "granted") return;
  const shown = new Notification(toast.querySelector("span").textContent, { tag: `deadline-${conversation}` });
  shown.onclick = () => (window.focus(), location.assign(toast.querySelector("a").href));
};

// The thread's own line follows its row: asked for anew when another deadline is the next.
document.body.addEventListener("desk.row", ({ detail }) => {
  const line = document.querySelector("#sla-line");
  if (!line || line.dataset.of !== String(detail.conversation)) return;
  const time = document.createRange().createContextualFragment(detail.html).querySelector("time[data-due]");
  const due = time ? String(new Date(time.dateTime) / 1000) : "";
  if (due !== line.dataset.due) window.htmx?.trigger(line, "moved");
});

if (place) {
  document.body.addEventListener("desk.deadline", ({ detail }) => {
    const toast = document.createRange().createContextualFragment(detail.html).querySelector(".toast");
    place.append(toast);
    notify(toast, detail.conversation);
  });
}
