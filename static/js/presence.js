// What tells an agent who looks elsewhere: the title's number, a notification, a sound; and their own presence.
const title = document.title;
let waiting = 0;

const badge = () => (document.title = waiting ? `(${waiting}) ${title}` : title);

const chime = () => {
  const audio = new AudioContext();
  const tone = new OscillatorNode(audio, { frequency: 660 });
  const volume = new GainNode(audio, { gain: 0.06 });
  tone.connect(volume).connect(audio.destination);
  volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + 0.35);
  tone.start();
  tone.stop(audio.currentTime + 0.4);
};

const notify = (detail) => {
  const row = document.createRange().createContextualFragment(detail.html);
  const name = row.querySelector(".who").textContent;
  const words = document.body.dataset.notify.replace("{name}", name);
  const shown = new Notification(words, { body: row.querySelector(".snippet").textContent, tag: `c-${detail.conversation}` });
  shown.onclick = () => (window.focus(), location.assign(row.querySelector(".who").href));
};

// One message comes by each group that this socket is in, such as the team's and the agent's own: it is told once.
let last = { html: "", at: 0 };
const isRepeated = ({ html }) => {
  const before = last;
  last = { html, at: Date.now() };
  return before.html === html && last.at - before.at < 2000;
};

document.body.addEventListener("desk.row", ({ detail }) => {
  const isMine = !detail.assignee || String(detail.assignee) === document.body.dataset.agent;
  if (!(detail.inbound && isMine) && !detail.mentioned) return;
  if (isRepeated(detail)) return;
  if (document.body.hasAttribute("data-sound")) chime();
  if (document.hasFocus()) return;
  waiting += 1;
  badge();
  if (document.body.dataset.notify && Notification.permission === "granted") notify(detail);
});
addEventListener("focus", () => {
  waiting = 0;
  badge();
});

const form = document.querySelector("[data-presence-form]");
form?.addEventListener("change", (event) => {
  if (event.target.name !== "presence" && event.target.name !== "reason") return;
  const { presence, reason } = Object.fromEntries(new FormData(form));
  form.querySelector(".avatar").dataset.presence = presence;
  htmx.ajax("POST", form.action, { swap: "none", values: { presence, reason } });
});
// What was chosen in another tab, or on another device.
document.body.addEventListener("desk.presence", ({ detail }) => {
  if (!form) return;
  form.querySelector(".avatar").dataset.presence = detail.state;
  form.elements.presence.value = detail.state;
  form.elements.reason.value = detail.reason;
});
if (document.body.dataset.notify && window.Notification?.permission === "default") {
  addEventListener("pointerdown", () => Notification.requestPermission(), { once: true });
}
