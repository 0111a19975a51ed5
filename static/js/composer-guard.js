// Guard: while one writes, a quiet line says what the customer has already told of what is asked. Alt I inserts the
// answer, Alt X asks all the same.
const REST = 450; // ms after the last key

export class Guard {
  constructor(form, editor) {
    Object.assign(this, { form, editor, timer: 0, asked: 0, text: "" });
    this.list = form.querySelector("[data-guard-lines]");
    editor.field.addEventListener("input", () => this.later());
    this.list.addEventListener("click", (event) => this.click(event));
    form.addEventListener("keydown", (event) => this.key(event));
    if (!editor.isEmpty) this.later();
  }

  later() {
    clearTimeout(this.timer);
    if (this.editor.isEmpty) this.show("");
    else this.timer = setTimeout(() => this.ask(), REST);
  }

  get dismissed() {
    return [...this.form.querySelectorAll('[name="dismissed"]')].map((field) => field.value);
  }

  async ask() {
    const text = this.editor.field.innerText.trim();
    if (!this.form.isConnected || text === this.text) return;
    const mine = ++this.asked;
    const body = new FormData();
    body.set("text", text);
    for (const slot of this.dismissed) body.append("dismissed", slot);
    body.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    // Offline, or the desk is busy: nothing is said, and sending still counts.
    const answer = await fetch(this.list.dataset.guardLines, { method: "POST", body }).catch(() => null);
    if (!answer?.ok || mine !== this.asked) return;
    this.text = text;
    this.show(await answer.text());
  }

  // Only what is new is put in: a line that stays is not read out again.
  show(html) {
    const found = document.createElement("ul");
    found.innerHTML = html;
    const key = (line) => `${line.dataset.slot} ${line.dataset.value}`;
    const stay = new Set([...found.children].map(key));
    for (const line of [...this.list.children]) if (!stay.has(key(line))) line.remove();
    const here = new Set([...this.list.children].map(key));
    this.list.append(...[...found.children].filter((line) => !here.has(key(line))));
    if (!html) this.text = "", (this.asked += 1);
  }

  key(event) {
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    const wanted = { KeyI: "[data-guard-insert]", KeyX: "[data-guard-dismiss]" }[event.code];
    const button = wanted && this.list.querySelector(wanted);
    if (!button) return;
    event.preventDefault();
    button.click();
  }

  click(event) {
    const line = event.target.closest("li");
    if (event.target.closest("[data-guard-insert]")) this.editor.insertText(line.dataset.value);
    else if (event.target.closest("[data-guard-dismiss]")) {
      this.form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "dismissed", value: line.dataset.slot }));
      line.remove();
      this.editor.field.focus();
    }
  }
}
