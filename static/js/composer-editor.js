// Editor: a contenteditable in place of the textarea, with a hidden field that holds its HTML for the form.
const ALLOWED = new Set("A B STRONG I EM U S UL OL LI P BR DIV BLOCKQUOTE CODE PRE IMG".split(" "));

// What is pasted keeps its words and simple marks; styles, classes and everything foreign goes.
const simple = (html) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const el of [...page.body.querySelectorAll("*")].reverse()) {
    if (/^(SCRIPT|STYLE|META|TITLE|HEAD|SVG)$/i.test(el.tagName) || el.tagName === "IMG") el.remove();
    else if (!ALLOWED.has(el.tagName)) el.replaceWith(...el.childNodes);
    else for (const { name, value } of [...el.attributes]) {
      if (!(el.tagName === "A" && name === "href" && /^(https?|mailto|tel):/i.test(value))) el.removeAttribute(name);
    }
  }
  return page.body.innerHTML;
};

export class Editor {
  constructor(form) {
    this.form = form;
    const area = form.querySelector("textarea");
    this.field = document.createElement("div");
    Object.assign(this.field, { className: `${area.className} editor`, id: area.id, contentEditable: "true" });
    this.field.setAttribute("role", "textbox");
    this.field.setAttribute("aria-multiline", "true");
    for (const name of ["aria-label", "aria-invalid", "aria-describedby", "placeholder"]) {
      if (area.hasAttribute(name)) this.field.setAttribute(name === "placeholder" ? "data-placeholder" : name, area.getAttribute(name));
    }
    this.field.dir = "auto";
    this.field.innerHTML = area.dataset.html ?? "";
    this.hidden = Object.assign(document.createElement("input"), { type: "hidden", name: "html" });
    area.replaceWith(this.field, this.hidden);
    document.execCommand("defaultParagraphSeparator", false, "p");
    this.sync();
    this.field.addEventListener("input", () => this.sync());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("paste", (event) => this.paste(event));
    form.addEventListener("pointerdown", (event) => event.target.closest("[data-format]") && event.preventDefault());
    form.addEventListener("click", (event) => this.format(event.target.closest("[data-format]")));
  }

  get html() {
    return this.hidden.value;
  }

  get isEmpty() {
    return !this.field.textContent.trim() && !this.field.querySelector("img");
  }

  sync() {
    this.field.toggleAttribute("data-empty", this.isEmpty && !this.field.querySelector("li"));
    this.hidden.value = this.isEmpty ? "" : this.field.innerHTML;
  }

  changed() {
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  insert(html) {
    this.field.focus();
    document.execCommand("insertHTML", false, html);
    this.changed();
  }

  insertText(text) {
    this.field.focus();
    document.execCommand("insertText", false, text);
    this.changed();
  }

  format(button) {
    if (!button) return;
    this.field.focus();
    if (button.dataset.format === "link") this.link(button.dataset.ask);
    else document.execCommand(button.dataset.format);
    this.changed();
  }

  link(question) {
    const typed = prompt(question, "https://")?.trim();
    if (!typed || !/^(https?:\/\/|mailto:|tel:)./i.test(typed)) return;
    if (getSelection().isCollapsed) this.insertText(typed);
    if (getSelection().isCollapsed) getSelection().modify("extend", "backward", "word");
    document.execCommand("createLink", false, typed);
  }

  // "- " at the start of a line begins a list; Ctrl B and Ctrl I are the browser's own.
  key(event) {
    if (event.key !== " ") return;
    const { anchorNode, anchorOffset, isCollapsed } = getSelection();
    if (!isCollapsed || anchorNode?.nodeType !== Node.TEXT_NODE) return;
    const before = anchorNode.data.slice(0, anchorOffset);
    const list = { "-": "insertUnorderedList", "*": "insertUnorderedList", "1.": "insertOrderedList" }[before];
    if (!list || anchorNode.parentElement.closest("li")) return;
    event.preventDefault();
    anchorNode.data = anchorNode.data.slice(anchorOffset);
    document.execCommand(list);
    this.changed();
  }

  paste(event) {
    if (event.clipboardData.files.length) return; // Files sees to them.
    const html = event.clipboardData.getData("text/html");
    if (!html) return;
    event.preventDefault();
    document.execCommand("insertHTML", false, simple(html));
    this.changed();
  }
}
