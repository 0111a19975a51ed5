/** The shop's tracker: <script type="module" src="…/tracker/throughline.js" data-key="tl5_…"></script>; docs/tracker.md.
 *  Before consent it stores nothing and sends nothing; Do Not Track and Global Privacy Control are a refusal. */

const tag = document.querySelector(`script[data-key][src*="/tracker/throughline.js"]`);
const desk = new URL(import.meta.url).origin;
const { key, identity } = tag.dataset;
const FLUSH = 2_000;
const MOST = 40; // calls of one request: a beacon carries 64 kB
const BEAT = 30_000; // how often a page that is looked at says so
const LONGEST = 60_000;
const refused = [navigator.doNotTrack, window.doNotTrack].includes("1") || navigator.globalPrivacyControl === true;

const memory = {}; // where localStorage is forbidden: until the page goes
function read(name) {
  try {
    return JSON.parse(localStorage.getItem(`throughline.${name}`));
  } catch {
    return memory[name];
  }
}
function write(name, value) {
  memory[name] = value;
  try {
    if (value === null) localStorage.removeItem(`throughline.${name}`);
    else localStorage.setItem(`throughline.${name}`, JSON.stringify(value));
  } catch { /* forbidden or full */ }
}

function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const hex = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})/, "$1-$2-4$3-a$4-");
}

/** The id of this browser; the chat widget's, where it has one, so that both speak of the same visitor. */
function visitor() {
  let id = read("visitor");
  if (!id) {
    id = Object.keys(localStorage).filter((name) => name.startsWith("throughline.")).map((name) => read(name.slice(12))?.visitor).find(Boolean) || uuid();
    write("visitor", id);
  }
  return id;
}

let choice = read("consent") || (tag.dataset.consent === "granted" ? { analytics: true } : {});
const allowed = () => !refused && choice.analytics === true;
let queue = [];
let timer;
let pause = FLUSH;
let place; // where the page is, once it is counted: {url, title, referrer}
let since = 0; // when it came to be looked at; 0 while it is not
let spot; // {latitude, longitude}, if the visitor gave it

/** Without what stands after the question mark: it may hold anything. Campaigns and searches are read apart. */
function here() {
  return { url: location.origin + location.pathname, path: location.pathname, title: document.title, referrer: place ? place.url : document.referrer.split("?")[0] };
}

function context() {
  const asked = new URLSearchParams(location.search);
  const campaign = {};
  for (const part of ["source", "medium", "name", "term", "content"]) {
    const value = asked.get(`utm_${part === "name" ? "campaign" : part}`);
    if (value) campaign[part] = value;
  }
  const told = {
    page: place, locale: navigator.language, timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    screen: { width: screen.width, height: screen.height }, consent: { categoryPreferences: choice }, library: { name: "throughline" },
  };
  if (campaign.source || campaign.name) told.campaign = campaign;
  if (identity) told.identity = identity;
  if (spot && choice.location) told.location = spot;
  return told;
}

function call(type, fields) {
  if (!allowed()) return;
  queue.push({ type, messageId: uuid(), anonymousId: visitor(), timestamp: new Date().toISOString(), context: context(), ...fields });
  clearTimeout(timer);
  timer = setTimeout(flush, queue.length >= MOST ? 0 : pause);
}

/** Plain text, so that the browser need not ask the desk first whether it may. */
const packed = (calls) => new Blob([JSON.stringify({ batch: calls, writeKey: key, sentAt: new Date().toISOString() })], { type: "text/plain" });

async function flush() {
  const calls = queue.splice(0, MOST);
  if (!calls.length) return;
  try {
    const answer = await fetch(`${desk}/v1/batch`, { method: "POST", body: packed(calls), keepalive: true, credentials: "omit", referrerPolicy: "origin" });
    if (answer.status >= 500 || answer.status === 429) throw new Error(answer.status);
    pause = FLUSH;
  } catch {
    queue = [...calls, ...queue].slice(-200); // the desk takes each messageId once, so sending again does no harm
    pause = Math.min(pause * 2, LONGEST);
  }
  if (queue.length) timer = setTimeout(flush, pause);
}

/** The page goes: what waits goes with a beacon, or waits in the browser for the next page. */
function depart() {
  left();
  beat(true);
  while (queue.length) {
    const calls = queue.splice(0, MOST);
    if (!navigator.sendBeacon(`${desk}/v1/batch`, packed(calls))) {
      write("waiting", [...calls, ...queue].slice(-200));
      return;
    }
  }
}

function left() {
  if (!since || !place) return;
  const seconds = Math.round((Date.now() - since) / 1000);
  since = 0;
  if (seconds > 0) track("Page Left", { ...place, seconds });
}

/** Says that somebody is on this page now; nothing of it is kept. */
function beat(gone = false) {
  if (!allowed() || !place || (document.hidden && !gone)) return;
  navigator.sendBeacon(`${desk}/tracker/here`, new Blob([JSON.stringify({ key, visitor: visitor(), page: place, gone, at: Date.now() })], { type: "text/plain" }));
}

function properties(element) {
  try {
    return JSON.parse(element.dataset.trackProperties || "{}");
  } catch {
    return {};
  }
}

/** A new page, also where the shop draws it itself: what it shows counts as shown. */
function page(more = {}) {
  if (!allowed()) return;
  left();
  place = here();
  since = document.hidden ? 0 : Date.now();
  call("page", { name: document.title, properties: { ...place, ...more } });
  const query = ["q", "query", "search", "s"].map((name) => new URLSearchParams(location.search).get(name)).find(Boolean);
  if (query) track("Products Searched", { query });
  for (const element of document.querySelectorAll("[data-track-shown]")) track(element.dataset.trackShown, properties(element));
  beat();
}

function track(event, more = {}) {
  call("track", { event, properties: more });
}

/** What the visitor chose in the shop's banner: {analytics: true, location: false}. A refusal forgets what was kept. */
function consent(chosen) {
  const before = allowed();
  choice = { ...choice, ...chosen };
  write("consent", choice);
  if (allowed() && !before) begin();
  if (before && !allowed()) {
    const told = { type: "identify", messageId: uuid(), anonymousId: visitor(), timestamp: new Date().toISOString(), traits: {}, context: { consent: { categoryPreferences: choice } } };
    navigator.sendBeacon(`${desk}/v1/batch`, packed([told])); // the last that is said of them: that they said no
    queue = [];
    write("visitor", null);
    write("waiting", null);
  }
}

/** Asks the browser, which asks the visitor; two decimals are a kilometre. */
function locate() {
  if (!allowed() || !choice.location || !navigator.geolocation) return;
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    spot = { latitude: Math.round(coords.latitude * 100) / 100, longitude: Math.round(coords.longitude * 100) / 100 };
    call("identify", { traits: {} });
  }, () => {});
}

function identify(userId, traits = {}) {
  call("identify", { userId: userId ? String(userId) : undefined, traits });
}

function begin() {
  queue = [...(read("waiting") || []), ...queue];
  write("waiting", null);
  page();
}

for (const name of ["pushState", "replaceState"]) {
  const original = history[name];
  history[name] = function (...given) {
    const before = location.pathname;
    original.apply(this, given);
    if (location.pathname !== before) setTimeout(page); // its title comes a moment later
  };
}
addEventListener("popstate", () => location.pathname !== place?.path && setTimeout(page));
addEventListener("pagehide", depart);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) depart();
  else if (place) { since = Date.now(); beat(); }
});
for (const kind of ["click", "submit"]) {
  document.addEventListener(kind, ({ target }) => {
    const element = target.closest?.("[data-track]");
    if (element && (kind === "submit") === (element.tagName === "FORM")) track(element.dataset.track, properties(element));
  }, true);
}
setInterval(beat, BEAT);
if (allowed()) begin();

window.throughlineTracker = { track, page, identify, consent, locate, asked: () => refused || "analytics" in choice };
