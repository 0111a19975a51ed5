// Help: what is suggested above the composer is taken by Y or refused by Q; while one writes, with Alt. Words in another
// language are shown below the customer's own.
const $ = (selector) => document.querySelector(selector);
const REST = 900; // ms after the customer's word, so that a few lines in a row are one question

const strip = () => $(".suggested");

// A first suggestion is taken: its words go into the reply, and the desk learns that they fitted.
const take = (form) => {
  const editor = $("#reply-form")?.editor;
  if (!editor) return false;
  $('#composer [name="mode"][value="reply"]')?.click();
  if ("replaces" in form.dataset) {
    editor.field.focus();
    getSelection().selectAllChildren(editor.field);
  }
  editor.insert(form.dataset.html);
  const at = form.closest(".suggested");
  const fields = new FormData(form);
  fields.set("verdict", "taken");
  fields.delete("text");
  fetch(form.action, { method: "POST", body: fields, headers: { "HX-Request": "true" }, keepalive: true }).catch(() => {});
  for (const other of at.querySelectorAll(".suggestion")) other.remove();
  return true;
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-take]");
  if (button && take(button.form)) event.preventDefault(), event.stopPropagation();
  const link = event.target.closest?.("[data-hint]");
  if (link) tell(link);
}, true);

// Whoever opens what was solved before found it worth a look.
const tell = (link) => {
  const fields = new FormData(link.closest("li").querySelector("form"));
  fields.set("verdict", "taken");
  fetch(link.dataset.hint, { method: "POST", body: fields, headers: { "HX-Request": "true" }, keepalive: true }).catch(() => {});
};

// A refused translation leaves the agent's own words as they are, and the other suggestions come back.
document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
  const wanted = { KeyY: "[data-take]", KeyQ: "[data-refuse]" }[event.code];
  const button = wanted && strip()?.querySelector(wanted);
  if (!button) return;
  event.preventDefault();
  button.click();
});

// The thread in the agent's language, each translation below the words that it is of.
const show = (html) => {
  const found = document.createElement("template");
  found.innerHTML = html;
  const scroller = $("#scroller");
  const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 40;
  let shown = 0;
  for (const each of found.content.querySelectorAll("[data-of]")) {
    const bubble = $(`#message-${each.dataset.of} .bubble`);
    if (!bubble) continue;
    bubble.querySelector(".translation")?.remove();
    ([...bubble.querySelectorAll(":scope > .words")].pop() ?? bubble.firstElementChild).after(each);
    shown += 1;
  }
  if (atEnd) scroller.scrollTop = scroller.scrollHeight;
  return shown ? "" : found.content.querySelector("p")?.textContent ?? "";
};

document.addEventListener("submit", async (event) => {
  const form = event.target.closest?.("[data-translate-thread]");
  if (!form) return;
  event.preventDefault();
  const button = form.querySelector("button");
  if (button.classList.contains("htmx-request")) return;
  button.classList.add("htmx-request");
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "HX-Request": "true" } }).catch(() => null);
  button.classList.remove("htmx-request");
  const html = answer && [200, 422].includes(answer.status) ? await answer.text() : "";
  form.querySelector("[data-translate-error]").textContent = html ? show(html) : "✗";
});

// The agent's words in the customer's language, as one more suggestion.
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-translate-draft]");
  if (!button || button.classList.contains("htmx-request")) return;
  const editor = button.closest("form").editor;
  if (!editor || editor.isEmpty) return editor?.field.focus();
  button.classList.add("htmx-request");
  await htmx.ajax("POST", button.dataset.translateDraft, { target: ".suggested", swap: "outerHTML", values: { text: editor.field.innerText.trim() } }).catch(() => {});
  button.classList.remove("htmx-request");
});

// New words of the customer's ask for new suggestions; what we have answered, for none.
let timer;
const again = () => {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const at = strip();
    if (at?.dataset.again) htmx.ajax("GET", at.dataset.again, { target: at, swap: "outerHTML" }).catch(() => {});
  }, REST);
};
document.body.addEventListener("desk.event", ({ detail }) => {
  if (detail.conversation === Number($("#page")?.dataset.conversation) && /data-from="customer"/.test(detail.html ?? "")) again();
});
document.body.addEventListener("message:sent", again);
