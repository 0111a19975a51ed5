/** What this browser keeps between pages: the visitor's token, what was not sent yet, and what was typed about oneself. */

export class Store {
  constructor(channel) {
    this.key = `throughline.${channel}`;
    this.memory = {}; // where a shop or browser forbids localStorage, the chat still works until the page goes
  }

  all() {
    try {
      return JSON.parse(localStorage.getItem(this.key)) || {};
    } catch {
      return this.memory;
    }
  }

  /** Reads again before it writes: another tab of the shop may have changed it. */
  set(changes) {
    const next = { ...this.all(), ...changes };
    this.memory = next;
    try {
      localStorage.setItem(this.key, JSON.stringify(next));
    } catch { /* forbidden or full: memory has it */ }
  }

  get(name, otherwise) {
    return this.all()[name] ?? otherwise;
  }

  /** What waits to be sent by one of `names`; words that waited before the desk knew who, anybody's. */
  waiting(names) {
    return this.get("waiting", []).filter((message) => !message.of || names.includes(message.of));
  }

  keep(message) {
    this.set({ waiting: [...this.get("waiting", []), message] });
  }

  /** The server has it: it must not wait any longer. */
  drop(id) {
    this.set({ waiting: this.get("waiting", []).filter((message) => message.id !== id) });
  }

  /** Whether the visitor is who it was; of another one, nothing that was typed or counted may stay. */
  isStill(visitor) {
    const before = this.get("visitor");
    if (before !== visitor) this.set({ visitor, about: {}, unread: 0 });
    return !before || before === visitor;
  }
}

/** A random UUID, also on pages without https, where crypto.randomUUID is missing. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
