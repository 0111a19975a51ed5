// Suggestions: "#" lists canned replies, "@" the agents. The list stands above the words and follows what is typed.
import { Picker } from "./picker.js";

let count = 0;

export class Suggestions {
  constructor(editor, mark, address, label) {
    Object.assign(this, { editor, mark, address, asked: 0 });
    this.list = document.createElement("div");
    this.list.className = "suggestions";
    this.list.id = `suggestions-${++count}`;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", label);
    this.list.hidden = true;
    editor.field.before(this.list);
    this.picker = new Picker(this.list, editor.field, (option) => this.take(option));
    editor.field.addEventListener("input", () => this.look());
    editor.field.addEventListener("keydown", (event) => this.key(event), true);
    editor.field.addEventListener("blur", () => this.close());
    if (mark === "#") {
      editor.form.querySelector("[data-insert-canned]")?.addEventListener("click", () => this.open(""));
    }
  }

  // The word being typed after the mark, or null.
  get word() {
    const { anchorNode, anchorOffset } = getSelection();
    if (anchorNode?.nodeType !== Node.TEXT_NODE || !this.editor.field.contains(anchorNode)) return null;
    const found = anchorNode.data.slice(0, anchorOffset).match(new RegExp(`(?:^|\\s)${this.mark}([\\p{L}\\p{N}.'-]*)$`, "u"));
    return found ? found[1] : null;
  }

  look() {
    const word = this.word;
    if (word === null) this.close();
    else this.ask(word);
  }

  // From the button or the palette: type the mark for the agent.
  open(word) {
    this.editor.field.focus();
    const { anchorNode, anchorOffset } = getSelection();
    const before = anchorNode?.nodeType === Node.TEXT_NODE ? anchorNode.data.slice(0, anchorOffset) : "";
    this.editor.insertText(`${/(^|\s)$/.test(before) ? "" : " "}${this.mark}`);
    if (word) this.ask(word);
  }

  async ask(word) {
    const mine = ++this.asked;
    const address = new URL(this.address, location.href);
    address.searchParams.set("q", word);
    const answer = await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || mine !== this.asked) return;
    this.list.innerHTML = await answer.text();
    this.list.hidden = false;
    this.editor.field.setAttribute("aria-controls", this.list.id);
    this.picker.first();
  }

  key(event) {
    if (this.list.hidden) return;
    const used = event.key === "Escape" || (!event.ctrlKey && !event.metaKey && this.picker.key(event));
    if (event.key === "Escape") this.close();
    if (used) event.stopImmediatePropagation();
  }

  take(option) {
    const typed = this.word;
    if (typed !== null) for (let left = typed.length + 1; left > 0; left -= 1) getSelection().modify("extend", "backward", "character");
    const { html, text, post } = option.dataset;
    this.close();
    if (post) {
      htmx.ajax("POST", post, { target: "#conversation-actions", swap: "outerHTML" });
      return;
    }
    const oneParagraph = html && !/<\/p>\s*<p>|<br>/.test(html);
    if (html && !oneParagraph) this.editor.insert(html);
    else this.editor.insertText(text);
  }

  close() {
    this.asked += 1;
    this.list.hidden = true;
    this.editor.field.removeAttribute("aria-activedescendant");
  }
}
