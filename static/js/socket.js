// Socket: one connection for the page. What it hears becomes DOM events on <body>; what was missed is fetched again.
const PING = 20_000;
const AWAKE = 60_000;
const SIGNED_OUT = 4401;
const CHANGED = 4403;
const banner = document.querySelector("#banner");
let socket;
let tries = 0;
let retry;
let ticking;
let wasLost = false;
const opened = new Set();

const tell = (name, detail) => document.body.dispatchEvent(new CustomEvent(name, { detail }));

export const isConnected = () => socket?.readyState === WebSocket.OPEN;

export const say = (frame) => {
  if (isConnected()) socket.send(JSON.stringify(frame));
};

// Somebody is at it: the page is in sight, and they have moved lately.
let moved = performance.now();
for (const name of ["pointermove", "pointerdown", "keydown", "wheel", "scroll"]) {
  addEventListener(name, () => (moved = performance.now()), { passive: true, capture: true });
}
const isAwake = () => document.visibilityState === "visible" && performance.now() - moved < AWAKE;

// The server does what it hears in order: once it has answered the last ping this page is in all of its groups, which
// data-live says, and what was said before can be asked for without a gap.
let unanswered = 0;
let isNew = false; // no ping of this connection was answered yet
const ping = () => {
  if (!isConnected()) return;
  unanswered += 1;
  say({ ping: 1, awake: isAwake() });
};

const join = (frame) => {
  document.body.toggleAttribute("data-live", false);
  say(frame);
  ping();
};

const heard = () => {
  unanswered = Math.max(0, unanswered - 1);
  document.body.toggleAttribute("data-live", !unanswered);
  if (!isNew || unanswered) return;
  isNew = false;
  tell("desk:connected");
  if (wasLost) tell("desk:back");
  wasLost = false;
};

export const open = (conversation) => {
  for (const other of opened) if (other !== conversation) say({ close: other });
  opened.clear();
  if (conversation) opened.add(conversation);
  if (conversation) join({ open: conversation });
};

// The one customer whose facts the page shows: of them the socket hears when something changed.
let customer = 0;
export const turnTo = (id) => {
  if (id === customer) return;
  customer = id;
  join({ customer });
};

const connect = () => {
  clearTimeout(retry);
  clearInterval(ticking);
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/desk/`);
  socket.addEventListener("open", connected);
  socket.addEventListener("message", ({ data }) => {
    const frame = JSON.parse(data);
    tell(frame.type, frame); // desk.event, desk.row, desk.gone, desk.viewers, desk.typing, pong
  });
  socket.addEventListener("close", lost);
};

const connected = () => {
  tries = 0;
  banner.hidden = true;
  document.body.toggleAttribute("data-offline", false);
  for (const conversation of opened) say({ open: conversation });
  if (customer) say({ customer });
  unanswered = 0;
  isNew = true;
  ping();
};

const lost = ({ code }) => {
  if (code === SIGNED_OUT || code === CHANGED) return location.reload(); // The server shows the door, or what is left.
  wasLost = true;
  document.body.toggleAttribute("data-live", false);
  tries += 1;
  const seconds = Math.min(30, 2 ** Math.min(tries, 5)) + Math.random();
  retry = setTimeout(connect, seconds * 1000);
  if (tries < 2) return; // A blink is not worth a banner.
  document.body.toggleAttribute("data-offline", true);
  banner.hidden = false;
  countDown(Math.round(seconds));
};

const countDown = (seconds) => {
  clearInterval(ticking);
  const place = banner.querySelector("[data-seconds]");
  place.textContent = seconds;
  ticking = setInterval(() => {
    seconds = Math.max(0, seconds - 1);
    place.textContent = seconds;
  }, 1000);
};

if (banner) {
  connect();
  document.body.addEventListener("pong", heard);
  setInterval(ping, PING);
  banner.querySelector("[data-reconnect]").addEventListener("click", connect);
  addEventListener("online", () => isConnected() || connect());
  addEventListener("offline", () => {
    tries = Math.max(tries, 1);
    socket.close();
  });
}
