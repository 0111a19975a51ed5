/** The conversation as a customer sees it: what was said, by whom, when, and who took over. */

import { avatar, h, linked } from "./dom.js";

export class Log {
  /** `answer` is called with the words of a quick answer, and whether a key chose it; `element` scrolls. */
  constructor({ say, language, answer }) {
    Object.assign(this, { say, language, answer });
    this.messages = new Map(); // by the desk's id
    this.waiting = [];
    this.seenUpTo = 0;
    this.handed = null; // { at, by }: who has read what was said to the bot
    this.head = null; // { name, element, after }: the card with the fields, and the message it stands after
    this.element = h("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": say("log"), tabindex: "0" });
    this.drawn = new Map(); // key -> [what it showed, element]: only what changed is drawn again
  }

  take(messages) {
    let news = 0;
    for (const message of messages) {
      if (!this.messages.has(message.id)) news += 1;
      this.messages.set(message.id, message);
    }
    return news;
  }

  clear() {
    this.messages.clear();
    this.seenUpTo = 0;
    this.handed = null;
  }

  ordered() {
    return [...this.messages.values()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id - b.id));
  }

  get lastTheirs() {
    return this.ordered().findLast((message) => !message.mine);
  }

  /** Draws what changed and leaves the rest alone, so that a screen reader hears new lines only. */
  draw() {
    const wanted = this.#lines();
    const keys = new Set(wanted.map(([key]) => key));
    for (const [key, [, element]] of this.drawn) if (!keys.has(key)) { element.remove(); this.drawn.delete(key); }
    let place = null;
    for (const [key, content, make] of wanted) {
      const before = this.drawn.get(key);
      const text = JSON.stringify(content);
      let element = before?.[1];
      if (!before || before[0] !== text) {
        element = make();
        before?.[1].replaceWith(element);
        this.drawn.set(key, [text, element]);
      }
      const next = place ? place.nextSibling : this.element.firstChild;
      if (next !== element) this.element.insertBefore(element, next);
      place = element;
    }
  }

  get atEnd() {
    return this.element.scrollHeight - this.element.scrollTop - this.element.clientHeight < 60;
  }

  toEnd() {
    this.element.scrollTop = this.element.scrollHeight;
  }

  #lines() {
    const lines = [];
    let day = "";
    let speaker = null;
    let customerSpoke = false;
    const messages = this.ordered();
    const card = () => this.head && lines.push(["head", this.head.name, () => this.head.element]);
    if (this.greeting && !messages.length) lines.push(["greeting", this.greeting, () => h("div", { class: "say" }, h("p", { dir: "auto" }, this.greeting))]);
    if (!this.head?.after) card();
    let handed = this.handed;
    let bot = ""; // that was introduced
    const over = ({ by }) => {
      lines.push(["handed", by, () => this.#handover(by)]);
      speaker = by.key;
      handed = null;
    };
    for (const message of messages) {
      if (handed && message.at > handed.at) over(handed);
      const today = this.#day(message.at);
      if (today !== day) lines.push([`day-${(day = today)}`, [today, !!message.by?.bot], () => this.#dayLine(message, today)]);
      if (message.by?.bot && bot !== message.by.key) {
        if (lines.at(-1)[0] !== `day-${day}`) lines.push([`bot-${message.id}`, message.by, () => h("p", { class: "meta" }, this.say("bot", message.by))]);
        bot = message.by.key;
      }
      if (!message.mine && !message.by.bot && message.by.key !== speaker && customerSpoke)
        lines.push([`handover-${message.id}`, message.by, () => this.#handover(message.by)]);
      if (!message.mine) speaker = message.by.key;
      customerSpoke ||= message.mine;
      lines.push([`m-${message.key}`, message, () => this.#message(message)]);
      if (this.head?.after === message.id) card();
    }
    if (handed) over(handed);
    const last = messages.at(-1);
    if (last?.replies?.length && !this.waiting.length && !(this.handed && last.by.bot)) lines.push([`r-${last.id}`, [last.replies, last.ends], () => this.#replies(last)]);
    for (const message of this.waiting) lines.push([`m-${message.id}`, message, () => this.#message({ ...message, mine: true, waiting: true })]);
    const state = this.waiting.length ? "waiting" : !last?.mine ? "" : last.id <= this.seenUpTo ? "seen" : "sent";
    if (state) lines.push(["state", state, () => h("p", { class: "state" }, this.say(state))]);
    if (this.typing) lines.push(["typing", this.typing, () => this.#dots()]);
    return lines;
  }

  #message(message) {
    const who = message.mine ? this.say("you") : message.by.name;
    const kind = `say${message.mine ? " mine" : ""}${message.waiting ? " waiting" : ""}${message.fresh ? " arrived" : ""}`;
    return h("div", { class: kind, "data-id": message.key || message.id, title: message.at ? this.#clock(message.at) : null },
      h("span", { class: "sr-only" }, `${who}: `),
      message.text ? h("p", { dir: "auto" }, ...linked(message.text)) : null,
      message.files?.length ? h("ul", { class: "files" }, ...message.files.map((file) => this.#file(file))) : null);
  }

  #file(file) {
    const isImage = file.url && /^image\/(png|jpeg|gif|webp|avif)$/.test(file.type);
    const inside = isImage ? h("img", { src: file.url, alt: file.name, loading: "lazy" }) : h("span", { dir: "auto" }, file.name);
    const size = new Intl.NumberFormat(this.language, { style: "unit", unit: "kilobyte", maximumFractionDigits: 0 });
    const more = isImage ? null : h("small", {}, ` ${size.format(Math.ceil(file.size / 1000))}`);
    return h("li", {}, file.url ? h("a", { href: file.url, target: "_blank", rel: "noopener noreferrer" }, inside) : inside, more);
  }

  /** Quick answers; those of a survey are a scale, with what its ends mean. */
  #replies({ replies, ends = [], text }) {
    const meaning = new Map([[0, ends[0]], [replies.length - 1, ends[1]]]);
    const buttons = replies.map((word, place) => h("button", {
      type: "button", dir: "auto", "aria-label": meaning.get(place) && `${word}, ${meaning.get(place)}`,
      onclick: (event) => this.answer(word, !event.detail),
    }, word));
    if (!ends.length) return h("div", { class: "replies", role: "group" }, ...buttons);
    return h("div", { class: "scale" }, h("div", { role: "group", "aria-label": text }, ...buttons),
      ...ends.map((end) => h("small", { "aria-hidden": "true" }, end)));
  }

  /** True when it is shown: who answers has the thread open. */
  #handover(person) {
    const name = person.team ? this.say("from", person) : person.name;
    return h("div", { class: "handover" }, avatar(person),
      h("p", {}, h("b", {}, this.say("handover", { name })), this.say("again")));
  }

  #dayLine(message, today) {
    const bot = message.by?.bot ? ` · ${this.say("bot", message.by)}` : "";
    return h("p", { class: "meta" }, `${today}, ${this.#clock(message.at)}${bot}`);
  }

  #dots() {
    return h("div", { class: "dots", "aria-hidden": "true", title: this.say("typing", { name: this.typing }) }, h("i"), h("i"), h("i"));
  }

  #clock(at) {
    return new Intl.DateTimeFormat(this.language, { timeStyle: "short" }).format(new Date(at));
  }

  #day(at) {
    const then = new Date(at);
    const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
    const days = Math.round((midnight(then) - midnight(new Date())) / 864e5);
    const text = days > -2
      ? new Intl.RelativeTimeFormat(this.language, { numeric: "auto" }).format(days, "day")
      : new Intl.DateTimeFormat(this.language, { dateStyle: "long" }).format(then);
    return text[0].toLocaleUpperCase(this.language) + text.slice(1);
  }
}
