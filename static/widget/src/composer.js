/** Where a customer writes: text, files (chosen, pasted or dropped), emoji; and the card that asks where to reach them. */

import { h, icon, iconButton } from "./dom.js";
import { uuid } from "./store.js";

const EMOJIS = "😀 😅 😂 🙂 😉 😍 😘 🤔 😐 🙄 😕 😢 😭 😡 😱 🥳 👍 👎 👌 🙏 👏 💪 👋 🤝 ❤️ 💔 ⭐ 🔥 🎉 ✅ ❌ ❓ 📦 🎁 👕 👟 🧥 🎒 ⛰️ 🌧️".split(" ");
const TYPING_EVERY = 3_000;

export class Composer {
  /** `send({ text, files })`, `upload(file)` gives a promise of the file at the desk, `typing()`. */
  constructor({ say, send, upload, typing, sizeLimit }) {
    Object.assign(this, { say, send, upload, typing, sizeLimit });
    this.files = [];
    this.text = h("textarea", { rows: "1", id: "say", maxlength: 8000, placeholder: say("write"), oninput: () => this.#typed(), onkeydown: (event) => this.#key(event), onpaste: (event) => this.#paste(event) });
    this.chooser = h("input", { type: "file", multiple: true, hidden: true, onchange: () => { this.#add(this.chooser.files); this.chooser.value = ""; } });
    this.emojiButton = iconButton("emoji", say("emoji"), { "aria-expanded": "false", "aria-haspopup": "true", onclick: () => this.#emojis(this.picker.hidden) });
    this.picker = h("div", { class: "emojis", role: "group", "aria-label": say("emoji"), hidden: true, onkeydown: (event) => this.#pickerKey(event) },
      ...EMOJIS.map((emoji) => h("button", { type: "button", tabindex: "-1", onclick: () => this.#insert(emoji) }, emoji)));
    this.chosen = h("ul", { class: "chosen", hidden: true });
    this.problem = h("p", { class: "problem", role: "alert", hidden: true });
    this.sendButton = h("button", { class: "button send", "aria-label": say("send"), title: say("send") }, icon("send"));
    this.element = h("div", { class: "foot" }, this.picker, this.chosen, this.problem,
      h("form", { class: "composer", onsubmit: (event) => { event.preventDefault(); this.#submit(); } },
        iconButton("attach", say("attach"), { onclick: () => this.chooser.click() }), this.chooser,
        h("label", { class: "sr-only", for: "say" }, say("message")),
        h("div", { class: "field" }, this.text, this.emojiButton), this.sendButton));
  }

  focus() {
    this.text.focus();
  }

  /** While a required field is empty: the reason stands in the field. */
  lock(reason) {
    this.text.disabled = this.sendButton.disabled = !!reason;
    if (reason) this.text.placeholder = reason;
  }

  /** Closes what is open above the composer; false when nothing was. */
  escape() {
    if (this.picker.hidden) return false;
    this.#emojis(false);
    this.emojiButton.focus();
    return true;
  }

  #submit() {
    const text = this.text.value.trim();
    const ready = this.files.filter((file) => file.id);
    if (this.sendButton.disabled || this.files.length !== ready.length || !(text || ready.length)) return;
    this.send({ id: uuid(), text, files: ready });
    this.text.value = "";
    this.typedAt = 0; // the next line is news at once
    this.files = [];
    this.#emojis(false);
    this.#drawFiles();
    this.#say("");
    this.focus();
  }

  #key(event) {
    // Enter that ends a composition (Japanese, Chinese, Korean) chooses a word, it does not send.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.#submit();
    }
  }

  #typed() {
    if (Date.now() - (this.typedAt || 0) < TYPING_EVERY) return;
    this.typedAt = Date.now();
    this.typing();
  }

  #paste(event) {
    const files = [...event.clipboardData.files];
    if (!files.length) return;
    event.preventDefault();
    this.#add(files);
  }

  #add(files) {
    this.#say("");
    for (const file of files) {
      if (file.size > this.sizeLimit) this.#say(this.say("tooBig", { name: file.name, mb: Math.round(this.sizeLimit / 1e6) }));
      else this.#upload(file);
    }
  }

  async #upload(file) {
    const entry = { name: file.name, size: file.size, type: file.type };
    this.files.push(entry);
    this.#drawFiles();
    try {
      Object.assign(entry, await this.upload(file));
    } catch {
      this.files = this.files.filter((other) => other !== entry);
      this.#say(this.say("failed", { name: file.name }));
    }
    this.#drawFiles();
  }

  #drawFiles() {
    this.chosen.hidden = !this.files.length;
    this.chosen.replaceChildren(...this.files.map((file) => h("li", { "aria-busy": file.id ? null : "true" }, h("span", { dir: "auto" }, file.name),
      iconButton("close", this.say("remove", file), { onclick: () => { this.files = this.files.filter((other) => other !== file); this.#drawFiles(); this.focus(); } }))));
  }

  #emojis(open) {
    this.picker.hidden = !open;
    this.emojiButton.setAttribute("aria-expanded", open);
    if (open) this.#point(this.picker.firstChild);
  }

  #point(button) {
    for (const other of this.picker.children) other.tabIndex = other === button ? 0 : -1;
    button.focus();
  }

  #pickerKey(event) {
    const forward = getComputedStyle(this.picker).direction === "rtl" ? -1 : 1;
    const step = { ArrowRight: forward, ArrowLeft: -forward, ArrowDown: 8, ArrowUp: -8 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...this.picker.children];
    const next = all[all.indexOf(event.target) + step];
    if (next) this.#point(next);
  }

  #insert(emoji) {
    this.text.setRangeText(emoji, this.text.selectionStart, this.text.selectionEnd, "end");
    this.#emojis(false);
    this.focus();
  }

  #say(problem) {
    this.problem.hidden = !problem;
    this.problem.textContent = problem;
  }
}

/** The card with name and e-mail; `save` is called with what was filled in. */
export function fieldsCard({ say, fields, known, reason, save }) {
  const inputs = fields.map(({ name, required }) => h("input", {
    name, required, type: name === "email" ? "email" : "text", autocomplete: name, maxlength: 200, dir: "auto", value: known[name] || "",
  }));
  const submit = (event) => {
    event.preventDefault();
    save(Object.fromEntries(inputs.map((input) => [input.name, input.value.trim()])));
  };
  // Who writes instead of pressing Save has told us all the same, where the fields are in order.
  const form = h("form", { class: "ask", onsubmit: submit }, h("h3", {}, say("reach")), h("p", {}, reason),
    ...inputs.map((input) => h("label", {}, say(input.name), input)), h("button", { class: "button save" }, say("save")));
  form.saveTyped = () => inputs.some((input) => input.value.trim()) && form.checkValidity() && form.requestSubmit();
  return form;
}
