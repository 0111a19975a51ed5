// The live board: redrawn when something moved, at most once a second, and by the clock. What is the same stays as it
// is, so focus, scrolling and what was opened keep their place, and a screen reader hears of new alerts alone.
const SECOND = 1000;
const BY_CLOCK = 15_000; // ages go on, and deadlines come near, though nothing moves
const MOVES = ["desk.row", "desk.gone", "desk.event", "desk.decision", "desk.presence", "desk.board", "desk.call", "desk:back", "desk:connected"];
const board = () => document.querySelector("#board");

const sync = (old, fresh) => {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !(name === "open" && old.matches("details"))) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
};

// Children with an id are matched by it, the others by their place.
const morph = (old, fresh) => {
  sync(old, fresh);
  const known = new Map([...old.children].filter((each) => each.id).map((each) => [each.id, each]));
  let here = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    const named = next.id && known.get(next.id);
    if (named && named !== here) old.insertBefore(named, here);
    const at = named || here;
    const isSame = at && at.nodeName === next.nodeName && (at.id || "") === (next.id || "");
    if (!isSame) old.insertBefore(next, here);
    else if (at.nodeType !== Node.ELEMENT_NODE) at.data === next.data || (at.data = next.data);
    else if (!at.isEqualNode(next)) morph(at, next);
    if (isSame) here = at.nextSibling;
  }
  while (here) {
    const gone = here;
    here = here.nextSibling;
    gone.remove();
  }
};

let dirtyUntil = 0;
let isAsking = false;
let timer;

const ask = async () => {
  isAsking = true;
  const answer = await fetch(board().dataset.board, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (answer?.ok && !answer.redirected) {
    const drawn = document.createRange().createContextualFragment(await answer.text()).querySelector("#board");
    if (drawn) morph(board(), drawn);
  }
  isAsking = false;
};

// The server may answer with what it read up to a second ago: it is asked until a second after the last move.
const turn = async () => {
  timer = undefined;
  const isDirty = Date.now() < dirtyUntil;
  if (!document.hidden && !isAsking) await ask();
  if (isDirty) plan(SECOND);
};
const plan = (wait) => (timer ??= setTimeout(turn, wait));

if (board()) {
  const moved = () => {
    dirtyUntil = Date.now() + SECOND;
    plan(SECOND);
  };
  for (const name of MOVES) document.body.addEventListener(name, moved);
  document.addEventListener("visibilitychange", () => document.hidden || moved());
  setInterval(() => plan(0), BY_CLOCK);
}
