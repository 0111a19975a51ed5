// Files: chosen, dropped or pasted; each is uploaded at once and shown as a chip. Pasted pictures stand in the words.
export class Files {
  constructor(form, editor) {
    Object.assign(this, { form, editor, busy: 0, waiting: [] });
    this.list = form.querySelector("[data-files-list]");
    if (!this.list) return;
    form.querySelector("[data-upload]")?.addEventListener("change", (event) => {
      this.take(event.target.files);
      event.target.value = "";
    });
    editor.field.addEventListener("paste", (event) => {
      if (!event.clipboardData.files.length) return;
      event.preventDefault();
      this.take(event.clipboardData.files, true);
    });
    form.addEventListener("dragover", (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      form.dataset.dropping = "";
    });
    form.addEventListener("dragleave", () => delete form.dataset.dropping);
    form.addEventListener("drop", (event) => {
      delete form.dataset.dropping;
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      this.take(event.dataTransfer.files);
    });
    form.addEventListener("click", (event) => this.drop(event.target.closest("[data-drop-file]")));
  }

  get token() {
    return this.form.elements.csrfmiddlewaretoken.value;
  }

  async take(files, inWords = false) {
    for (const file of [...files]) {
      this.busy += 1;
      await this.upload(file, inWords && file.type.startsWith("image/"));
      this.busy -= 1;
    }
    this.form.dispatchEvent(new Event("files:changed"));
    if (!this.busy) for (const go of this.waiting.splice(0)) go();
  }

  then(go) {
    this.waiting.push(go);
  }

  async upload(file, inWords) {
    const body = new FormData();
    body.set("upload", file, file.name || "picture.png");
    body.set("mode", this.form.dataset.composer);
    body.set("csrfmiddlewaretoken", this.token);
    const answer = await fetch(this.form.dataset.files, { method: "POST", body }).catch(() => null);
    if (!answer?.ok) return this.refuse(file.name, answer ? await answer.text() : "");
    const held = document.createElement("template");
    held.innerHTML = (await answer.text()).trim();
    const chip = held.content.firstElementChild;
    if (inWords && chip.dataset.image) {
      const picture = document.createElement("img");
      picture.src = chip.dataset.image;
      picture.alt = file.name;
      this.editor.insert(picture.outerHTML);
    } else this.list.append(chip);
  }

  // The reason stands where the chip would; it goes with the next key.
  refuse(name, reason) {
    const line = document.createElement("li");
    line.className = "meta bad";
    line.setAttribute("role", "alert");
    line.textContent = `${name}: ${reason}`;
    this.list.append(line);
    this.editor.field.addEventListener("input", () => line.remove(), { once: true });
  }

  async drop(button) {
    if (!button) return;
    const body = new URLSearchParams({ _method: "DELETE", csrfmiddlewaretoken: this.token });
    button.closest("li").remove();
    await fetch(button.dataset.dropFile, { method: "POST", body }).catch(() => null);
    this.form.dispatchEvent(new Event("files:changed"));
  }
}
