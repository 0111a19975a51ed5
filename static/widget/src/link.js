/** The line to the desk: a WebSocket that comes back, HTTP where sockets are blocked, and nothing lost in between. */

const LONGEST_PAUSE = 30_000;
const HEARTBEAT = 25_000;
const SILENCE = 10_000; // after a ping: longer than this, and the line is dead
const POLL = 8_000;

/** The id that the shop's tracker gave to this browser, once its visitor agreed; null without. */
export function trackedAs() {
  try {
    return JSON.parse(localStorage.getItem("throughline.visitor"));
  } catch {
    return null;
  }
}

/** Who the shop's page says this is, until the desk has looked at the proof: words typed before then are theirs alone. */
function claimed(identity) {
  try {
    const claims = JSON.parse(atob(identity.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")));
    return claims.sub ? [`claims ${claims.sub}`] : [];
  } catch {
    return [];
  }
}

export class Link {
  /** `on` is called with (kind, data) for each frame of the desk, and for "session", "online" and "offline". */
  constructor({ desk, channel, store, identity, language, on }) {
    Object.assign(this, { desk, channel, store, identity, language, on });
    this.failures = 0;
    this.names = claimed(identity); // of the person: the browser's, the shop's, and the shop's where it is proven
    this.started = false;
    this.known = new Promise((resolve) => { this.becomeKnown = resolve; });
    addEventListener("online", () => this.#now());
    addEventListener("offline", () => this.socket?.close());
    document.addEventListener("visibilitychange", () => document.hidden || this.#now());
  }

  async start() {
    if (this.started) return;
    this.started = true;
    await this.#connect();
  }

  /** A signed-in customer of the shop, or null for nobody: another person, so another session. */
  async identify(identity) {
    this.identity = identity;
    this.names = claimed(identity);
    this.session = null;
    this.cursor = null;
    this.#drop();
    if (this.started) await this.#connect();
  }

  get ready() {
    return this.socket?.readyState === WebSocket.OPEN && this.greeted;
  }

  send(frame) {
    if (this.ready) this.socket.send(JSON.stringify(frame));
  }

  /** Kept first, sent then: whatever happens to the line, the message goes out, and the desk takes each id once. */
  say(message) {
    this.store.keep({ ...message, of: this.names.at(-1) });
    this.flush();
  }

  /** On a shared computer, what one person wrote is not sent by the next. */
  waiting() {
    return this.store.waiting(this.names);
  }

  flush() {
    const waiting = this.waiting();
    if (this.ready) for (const message of waiting) this.send({ t: "say", ...message });
    else if (this.session && this.failures > 1) this.#post(waiting);
  }

  /** Waits for the session: somebody may be quicker with the paper clip than the desk with its answer. */
  async upload(file) {
    await this.known;
    const body = new FormData();
    body.append("file", file, file.name || "image.png");
    return this.#fetch("files", { method: "POST", body });
  }

  async #post(waiting) {
    for (const message of waiting) {
      try {
        const { message: said } = await this.#fetch("messages", { method: "POST", json: message });
        this.on("ack", { id: message.id, message: said });
      } catch (error) {
        if (error.status >= 400 && error.status < 500 && error.status !== 429) this.on("refused", { id: message.id });
        return;
      }
    }
  }

  async #fetch(path, { method = "GET", json, body } = {}) {
    const headers = {};
    if (this.session) headers.Authorization = `Bearer ${this.token}`;
    if (json) headers["Content-Type"] = "application/json";
    const response = await fetch(`${this.desk}/chat/${this.channel}/${path}`, {
      method, headers, body: json ? JSON.stringify(json) : body, credentials: "omit", referrerPolicy: "no-referrer",
    });
    if (!response.ok) throw Object.assign(new Error(path), { status: response.status });
    return response.json();
  }

  async #connect() {
    clearTimeout(this.timer);
    const attempt = (this.attempt = Symbol("attempt"));
    try {
      if (!this.session) {
        const json = { token: this.store.get("token"), identity: this.identity, language: this.language, browser: trackedAs() };
        const session = await this.#fetch("session", { method: "POST", json });
        if (attempt !== this.attempt) return;
        this.store.set({ token: session.token });
        this.token = session.token; // this page's own: on another, somebody may sign in or out
        this.names = [session.visitor, ...claimed(this.identity), session.person?.key].filter(Boolean);
        this.session = session;
        this.cursor = session.cursor;
        this.becomeKnown();
        this.on("session", session);
      }
      this.#open(attempt);
    } catch (error) {
      if (attempt === this.attempt) this.#again(error.status === 403);
    }
  }

  #open(attempt) {
    const socket = new WebSocket(`${this.desk.replace(/^http/, "ws")}/ws/chat/${this.channel}/`);
    this.socket = socket;
    this.greeted = false;
    // The token goes in the first frame: addresses end up in logs.
    socket.onopen = () => socket.send(JSON.stringify({ t: "hello", token: this.token, since: this.cursor }));
    socket.onmessage = ({ data }) => attempt === this.attempt && this.#hear(JSON.parse(data));
    socket.onclose = ({ code }) => {
      if (attempt !== this.attempt) return;
      if (code === 4401) this.session = null; // the token is too old: ask for a session again
      this.#again(code === 4403);
    };
  }

  #hear(frame) {
    clearTimeout(this.silence);
    if (frame.cursor) this.cursor = frame.cursor;
    if (frame.t === "ready") {
      this.greeted = true;
      this.failures = 0;
      clearInterval(this.beat);
      this.beat = setInterval(() => this.#ping(), HEARTBEAT);
      this.on("online");
      this.flush();
    }
    if (frame.t === "busy") setTimeout(() => this.flush(), frame.after * 1000);
    this.on(frame.t, frame);
  }

  #ping() {
    this.send({ t: "ping", since: this.cursor });
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.socket.close(), SILENCE);
  }

  /** Later, each time a little later; a desk that refuses this shop is not asked again. */
  #again(refused) {
    this.#drop();
    this.failures += 1;
    this.on("offline");
    if (refused) return;
    const pause = Math.min(LONGEST_PAUSE, 500 * 2 ** this.failures) * (0.75 + Math.random() / 2);
    this.timer = setTimeout(() => this.#connect(), pause);
    if (this.session && this.failures > 1) this.#poll(); // sockets may be blocked here: go on over HTTP
  }

  async #poll() {
    clearTimeout(this.polling);
    if (this.ready || !this.session) return;
    try {
      const caughtUp = await this.#fetch(`messages?since=${encodeURIComponent(this.cursor || "")}`);
      this.cursor = caughtUp.cursor;
      this.on("messages", caughtUp);
      await this.#post(this.waiting());
    } catch { /* the network itself is gone */ }
    this.polling = setTimeout(() => this.#poll(), POLL);
  }

  #now() {
    if (!this.started || this.ready || this.socket?.readyState === WebSocket.CONNECTING) return;
    this.failures = Math.min(this.failures, 1);
    this.#connect();
  }

  #drop() {
    this.attempt = null;
    this.greeted = false;
    for (const timer of [this.timer, this.silence, this.polling]) clearTimeout(timer);
    clearInterval(this.beat);
    this.socket?.close();
    this.socket = null;
  }
}
