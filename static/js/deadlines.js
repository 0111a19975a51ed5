// Deadlines: what is at risk or late is said in a toast, and by the system where this page is not looked at.
const place = document.querySelector("#toasts");

const notify = (toast, conversation) => {
  if (document.hasFocus() || !document.body.dataset.notify || window.Notification?.permission !== "granted") return;
  const shown = new Notification(toast.querySelector("span").textContent, { tag: `deadline-${conversation}` });
  shown.onclick = () => (window.focus(), location.assign(toast.querySelector("a").href));
};

if (place) {
  document.body.addEventListener("desk.deadline", ({ detail }) => {
    const toast = document.createRange().createContextualFragment(detail.html).querySelector(".toast");
    place.append(toast);
    notify(toast, detail.conversation);
  });
}
