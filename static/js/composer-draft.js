// Draft: saved 800 ms after the last key, and again once the connection is back. The server says "Draft saved 10:47".
export class Draft {
  constructor(form, editor) {
    Object.assign(this, { form, editor, saved: editor.html, timer: 0 });
    this.state = form.querySelector("[data-draft-state]");
    this.later = this.later.bind(this);
    editor.field.addEventListener("input", this.later);
    form.addEventListener("files:changed", this.later);
    addEventListener("online", () => this.form.isConnected && this.save());
    addEventListener("pagehide", () => this.timer && this.save());
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), 800);
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.stopped = true;
    setTimeout(() => (this.stopped = false), 3000); // Refused? The next key saves again.
  }

  async save() {
    this.timer = 0;
    if (this.stopped || !this.form.isConnected) return;
    const body = new FormData();
    body.set("html", this.editor.html);
    for (const file of this.form.querySelectorAll('[name="file"]')) body.append("file", file.value);
    // How it is to go stays with the words: what was to be private never comes back public.
    if (this.form.id === "reply-form") {
      for (const [name, value] of new FormData(this.form)) if (/^(channel|visibility|answers|buttons|template|value-\d+)$/.test(name)) body.append(name, value);
    }
    body.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    try {
      const answer = await fetch(this.form.dataset.draft, { method: "POST", body, keepalive: true });
      if (answer.ok) this.state.textContent = (await answer.text()).trim();
    } catch {
      // Offline: the words stay in the field, and "online" saves them.
    }
  }
}
