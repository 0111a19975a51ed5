/** The launcher and the panel: opens, closes, counts what is unread, and passes words between the log, the composer and the desk. */

import { Composer, fieldsCard } from "./composer.js";
import { avatar, h, icon, iconButton } from "./dom.js";
import { Link, trackedAs } from "./link.js";
import { Log } from "./log.js";
import { Store, uuid } from "./store.js";

const TYPING_LASTS = 6_000;
const SIZE_LIMIT = 10_000_000;

export class Widget {
  constructor({ desk, channel, identity, language, theme, css, say, brand = {} }) {
    this.say = say;
    this.language = language;
    this.brand = brand;
    this.store = new Store(channel);
    this.about = this.store.get("about", {});
    this.log = new Log({ say: this.say, language, answer: (text, byKey) => { this.#said({ id: uuid(), text, files: [] }); if (byKey) this.composer.focus(); } });
    this.link = new Link({ desk, channel, identity, language, store: this.store, on: (kind, data) => this.#hear(kind, data) });
    this.unread = this.store.get("unread", 0);
    this.#build(css, theme, language);
    if (this.store.get("token") || identity || trackedAs()) this.link.start(); // else nothing is asked or stored until it is opened
    if (this.store.get("open") && !this.#fullScreen.matches) this.open({ focus: false });
  }

  get isOpen() {
    return !this.panel.hidden;
  }

  /** `focus: false` for a panel that was open on the page before: the shop's page keeps the focus. */
  open({ focus = true } = {}) {
    this.panel.hidden = false;
    this.panel.setAttribute("aria-modal", this.#fullScreen.matches);
    this.store.set({ open: true });
    this.#drawLauncher();
    this.link.start();
    this.#show({ follow: true });
    if (focus) this.#focus();
  }

  close() {
    this.panel.hidden = true;
    this.store.set({ open: false });
    this.#drawLauncher();
    this.launcher.focus();
  }

  identify(identity) {
    if (!identity || this.link.identity) this.#forgetPerson();
    return this.link.identify(identity);
  }

  #fullScreen = matchMedia("(width < 30rem)");

  #build(css, theme, language) {
    this.host = h("throughline-widget", { "data-theme": theme, lang: language, dir: getComputedStyle(document.documentElement).direction });
    // A shop that sets --brand on its own pages knows better.
    const own = getComputedStyle(document.documentElement).getPropertyValue("--brand").trim();
    if (this.brand.colour && !own) {
      this.host.style.setProperty("--brand", this.brand.colour);
      this.host.style.setProperty("--on-brand", this.brand.ink);
    }
    const root = this.host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet(); // an adopted sheet needs no style element, so no exception in the shop's CSP
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    this.composer = new Composer({
      say: this.say, sizeLimit: SIZE_LIMIT, send: (message) => this.#said(message),
      upload: (file) => this.link.upload(file), typing: () => this.link.send({ t: "typing" }),
    });
    this.header = h("div", { class: "head" });
    this.offline = h("p", { class: "offline", role: "status", hidden: true }, this.say("offline"));
    this.status = h("p", { class: "sr-only", role: "status" });
    this.below = h("button", { class: "below", type: "button", hidden: true, onclick: () => this.#show({ follow: true }) }, this.say("below"));
    this.log.element.addEventListener("scroll", () => this.#read());
    this.panel = h("div", { class: "widget", id: "widget", role: "dialog", "aria-labelledby": "title", hidden: true, onkeydown: (event) => this.#key(event) },
      this.header, this.offline, this.log.element, this.below, this.composer.element, this.status);
    this.launcher = h("button", { class: "launcher", type: "button", "aria-controls": "widget", "aria-haspopup": "dialog", onclick: () => (this.isOpen ? this.close() : this.open()) });
    root.append(this.panel, this.launcher);
    document.body.append(this.host);
    document.addEventListener("visibilitychange", () => this.#read());
    this.#drawHeader();
    this.#drawLauncher();
  }

  #hear(kind, data) {
    if (kind === "session") this.#session(data);
    else if (kind === "ready" || kind === "messages" || kind === "pong") this.#take(data);
    else if (kind === "ack") this.#take({ messages: [data.message] });
    else if (kind === "refused") { this.store.drop(data.id); this.#problem(data.id); }
    else if (kind === "handed") this.#take(data);
    else if (kind === "typing") this.#typing(data.name);
    else if (kind === "seen") this.#seen(data.id);
    else if (kind === "presence") { Object.assign(this.desk, data); this.#drawHeader(); }
    if (kind === "online" || kind === "offline") this.offline.hidden = kind === "online";
  }

  #session(session) {
    this.desk = session.desk;
    if (!this.store.isStill(session.visitor)) this.#forgetPerson();
    if (session.person) this.about = session.person;
    this.log.seenUpTo = session.seen;
    this.log.greeting = session.desk.greeting;
    this.log.handed = session.handed;
    this.log.take(session.messages);
    this.unread = session.unread;
    this.#drawHeader();
    this.#askFields();
    this.#show({ follow: true });
  }

  /** New messages, or news of old ones. Seeing one twice changes nothing. */
  #take({ messages = [], seen, handed }) {
    const follow = this.log.atEnd || !this.isOpen;
    for (const message of messages) if (message.mine) this.store.drop(message.key);
    const theirs = messages.filter((message) => !message.mine && !this.log.messages.has(message.id));
    for (const message of theirs) message.fresh = true;
    this.log.take(messages);
    if (handed !== undefined) this.log.handed = handed;
    if (theirs.length || handed !== undefined) this.#drawHeader();
    if (seen) this.log.seenUpTo = Math.max(seen, this.log.seenUpTo);
    const ours = messages.filter((message) => !message.mine).map((message) => message.id);
    if (ours.length) this.link.send({ t: "got", ids: ours });
    if (theirs.length) { this.#typing(""); this.unread += theirs.length; }
    this.#show({ follow, news: theirs.length });
  }

  #said(message) {
    this.log.head?.element.saveTyped?.();
    this.link.say({ ...message, about: this.about, page: location.origin + location.pathname });
    this.#show({ follow: true });
  }

  #problem(id) {
    this.status.textContent = this.say("failed", { name: this.say("message") });
    this.#show({ follow: true, failed: id });
  }

  #typing(name) {
    clearTimeout(this.typingTimer);
    this.log.typing = name;
    if (name) this.typingTimer = setTimeout(() => this.#typing(""), TYPING_LASTS);
    this.#show({ follow: this.log.atEnd });
  }

  #seen(id) {
    this.log.seenUpTo = Math.max(id, this.log.seenUpTo);
    this.#show({ follow: this.log.atEnd });
  }

  #show({ follow, news = 0 }) {
    this.log.waiting = this.link.waiting();
    this.log.draw();
    if (follow) this.log.toEnd();
    this.below.hidden = follow || !(news || !this.below.hidden);
    this.#read();
    this.#drawLauncher();
  }

  /** What is on the screen is read; what arrives behind a closed panel or another tab is not. */
  #read() {
    const last = this.log.lastTheirs;
    if (!this.isOpen || document.hidden || !last || !this.log.atEnd) return;
    this.below.hidden = true;
    this.unread = 0;
    this.#drawLauncher();
    if (last.id !== this.readUpTo && this.link.ready) {
      this.readUpTo = last.id;
      this.link.send({ t: "read", id: last.id });
    }
  }

  #askFields() {
    const fields = this.desk.fields.filter(({ name }) => !this.about[name]);
    const missing = fields.some((field) => field.required);
    this.composer.lock(missing && this.say("required"));
    if (!this.desk.known && fields.length && (missing || !this.log.messages.size)) this.#askWhere(fields, "ask");
    else this.log.head = null;
  }

  #askWhere(fields, name) {
    const reason = this.desk.here ? this.say("why") : [this.say("closed"), this.#back()].join(" ").trim();
    const card = fieldsCard({ say: this.say, fields, known: this.about, reason, save: (about) => this.#saveFields(about) });
    this.log.head = { name: `${name}-${fields.length}`, element: card, after: this.log.ordered().at(-1)?.id };
    return card;
  }

  #saveFields(about) {
    this.about = { ...this.about, ...about };
    this.store.set({ about: this.about });
    this.link.send({ t: "about", about: this.about });
    this.composer.lock(false);
    this.#drawHeader();
    const thanks = h("p", { class: "meta" }, this.say("kept", this.about));
    this.log.head = this.about.email ? { name: `kept-${this.about.email}`, element: thanks, after: this.log.head?.after } : null;
    this.#show({ follow: true });
    this.composer.focus();
  }

  #byMail() {
    const card = this.#askWhere([{ name: "name" }, { name: "email", required: true }], "mail");
    this.#show({ follow: true });
    card.querySelector("input").focus();
  }

  #drawHeader() {
    const desk = this.desk || { name: document.title, here: false, initials: "" };
    const person = this.log.handed?.by ?? this.log.ordered().findLast((message) => message.by && !message.by.bot)?.by;
    const name = person ? (person.team ? this.say("from", person) : person.name) : desk.name;
    this.composer.text.placeholder = this.composer.text.disabled ? this.say("required") : person ? this.say("writeTo", person) : this.say("write");
    const mail = this.desk && !this.desk.known ? iconButton("email", this.say("mail"), { onclick: () => this.#byMail() }) : "";
    const face = person || { initials: desk.initials, hue: 150, logo: this.brand.logo };
    this.header.replaceChildren(avatar(face, desk.here),
      h("div", {}, h("h2", { id: "title" }, name), h("small", {}, this.desk ? this.#hours() : "")),
      mail, iconButton("down", this.say("close"), { onclick: () => this.close() }));
    this.log.element.setAttribute("aria-label", this.say("help", { shop: desk.name }));
  }

  #hours() {
    if (this.desk.here) return this.say("here");
    return [this.#back() || this.say("away"), this.about.email].filter(Boolean).join(" · ");
  }

  /** When they are back, in the visitor's own zone: by the clock today, by the weekday within one, else by the date. */
  #back() {
    const at = new Date(this.desk.back || NaN);
    if (!(at > new Date())) return "";
    const midnight = new Date().setHours(0, 0, 0, 0);
    const days = Math.round((new Date(at).setHours(0, 0, 0, 0) - midnight) / 86_400_000);
    const said = (options) => new Intl.DateTimeFormat(this.language, options).format(at);
    const time = said({ hour: "2-digit", minute: "2-digit" });
    const day = said({ weekday: "long", ...(days > 6 && { day: "numeric", month: "long" }) });
    return days ? this.say("back", { day, time }) : this.say("backToday", { time });
  }

  #drawLauncher() {
    if (this.unread !== this.store.get("unread", 0)) this.store.set({ unread: this.unread });
    const news = this.unread && !this.isOpen;
    const label = this.isOpen ? this.say("close") : this.say("open") + (news ? `, ${this.say("unread", { n: this.unread })}` : "");
    this.launcher.setAttribute("aria-label", label);
    this.launcher.setAttribute("aria-expanded", this.isOpen);
    this.launcher.replaceChildren(icon(this.isOpen ? "close" : "chat"), news ? h("span", { class: "badge", "aria-hidden": "true" }, this.unread > 9 ? "9+" : `${this.unread}`) : "");
  }

  #key(event) {
    if (event.key === "Escape") {
      event.stopPropagation();
      if (!this.composer.escape()) this.close();
    } else if (event.key === "Tab" && this.#fullScreen.matches) this.#stayInside(event);
  }

  /** On a phone the panel covers the page, so Tab goes round in it. */
  #stayInside(event) {
    const stops = [...this.panel.querySelectorAll("button, input, textarea, a[href], [tabindex='0']")]
      .filter((element) => !element.disabled && element.tabIndex >= 0 && element.checkVisibility());
    const [first, last] = [stops[0], stops.at(-1)];
    const here = this.host.shadowRoot.activeElement;
    if (here !== (event.shiftKey ? first : last)) return;
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  }

  #focus() {
    const field = this.composer.text.disabled ? this.log.element.querySelector("input") : this.composer.text;
    (field || this.header.querySelector("button:last-child")).focus();
  }

  #forgetPerson() {
    this.about = {};
    this.unread = 0;
    this.readUpTo = null;
    this.log.clear();
    this.#show({ follow: true });
  }
}
