// Calls: a card while one rings, which follows the call and goes by itself; and whom an open thread owes a call.
const place = document.querySelector("#calls");
const GONE = "calls-put-away";
const LASTS = 9000; // ms for which the end of a call is shown
const LOOK = 60_000; // a call of which nothing more is heard

const putAway = () => new Set(JSON.parse(sessionStorage.getItem(GONE) ?? "[]"));
const away = (call) => {
  sessionStorage.setItem(GONE, JSON.stringify([...putAway(), call].slice(-50)));
  place.querySelector(`[data-call="${CSS.escape(call)}"]`)?.remove();
};

const known = new Set(); // of which this page has told already
const notify = (card) => {
  if (known.has(card.dataset.call)) return;
  known.add(card.dataset.call);
  if (document.hasFocus() || !document.body.dataset.notify || window.Notification?.permission !== "granted") return;
  const shown = new Notification(card.querySelector("h2").textContent.trim(), {
    body: card.querySelector("dl")?.innerText ?? "",
    tag: `call-${card.dataset.call}`,
  });
  shown.onclick = () => (window.focus(), card.querySelector("[data-open-call]")?.click());
};

let later;
let asked = 0;
const look = async () => {
  clearTimeout(later);
  const mine = ++asked;
  const answer = await fetch(place.dataset.ringing, { headers: { "HX-Request": "true" } });
  if (!answer.ok || mine !== asked) return;
  const found = document.createRange().createContextualFragment(await answer.text());
  if (mine !== asked) return;
  const gone = putAway();
  for (const card of found.querySelectorAll("[data-call]")) if (gone.has(card.dataset.call)) card.remove();
  show([...found.querySelectorAll("[data-call]")]);
};

// A card that is there already is changed in its place: what is focused in it stays so.
const show = (cards) => {
  const focused = place.contains(document.activeElement) && document.activeElement;
  const call = focused && focused.closest("[data-call]")?.dataset.call;
  const isOpener = focused && focused.matches("[data-open-call]");
  place.replaceChildren(...cards);
  if (call) place.querySelector(`[data-call="${CSS.escape(call)}"] ${isOpener ? "[data-open-call]" : "[data-dismiss-call]"}`)?.focus();
  for (const card of cards) if (card.dataset.state === "ringing") notify(card);
  if (!cards.length) return;
  const isOver = cards.some((card) => card.dataset.state !== "ringing" && !(card.dataset.state === "answered" && "mine" in card.dataset));
  later = setTimeout(look, isOver ? LASTS : LOOK);
};

if (place) {
  document.body.addEventListener("desk.call", look);
  document.body.addEventListener("desk:back", look);
  place.addEventListener("click", (event) => {
    const button = event.target.closest("[data-dismiss-call]");
    if (button) return away(button.dataset.dismissCall);
    const link = event.target.closest("[data-open-call]");
    if (link) setTimeout(() => away(link.dataset.openCall));
  });
}

// Whom this thread owes a call is asked again, unless somebody is writing how one ended.
const owed = (conversation) => {
  const here = Number(document.querySelector("main.thread[data-conversation]")?.dataset.conversation);
  const isWritten = document.querySelector("#call-backs details[open]");
  if (here && here === conversation && !isWritten) document.body.dispatchEvent(new CustomEvent("desk:owed"));
};
document.body.addEventListener("desk.call_backs", ({ detail }) => owed(detail.conversation));
document.body.addEventListener("calls:changed", ({ detail }) => owed(detail.id));
