// Composer: each textarea becomes an editor that keeps bold, lists, links and pasted pictures; drafts save themselves.
import { Editor } from "./composer-editor.js";
import { Draft } from "./composer-draft.js";
import { Guard } from "./composer-guard.js";
import { Files } from "./composer-files.js";
import { Suggestions } from "./composer-suggestions.js";
import { fit, sender } from "./composer-way.js";

const start = (form) => {
  if (form.dataset.started) return;
  form.dataset.started = "1";
  const editor = new Editor(form);
  const files = new Files(form, editor);
  const draft = form.dataset.draft ? new Draft(form, editor) : null;
  if (form.querySelector("[data-guard-lines]")) new Guard(form, editor);
  form.editor = editor;
  form.draft = draft;
  const { insertable, insertableLabel, mentionable, mentionableLabel } = form.dataset;
  if (insertable) form.canned = new Suggestions(editor, "#", insertable, insertableLabel);
  if (mentionable) new Suggestions(editor, "@", mentionable, mentionableLabel);
  form.addEventListener("submit", (event) => {
    if (files.busy) {
      event.preventDefault();
      event.stopImmediatePropagation();
      files.then(() => send(form, event.submitter));
    }
    draft?.stop();
  }, true);
};

const send = (form, button) => {
  // A click, not requestSubmit: htmx takes the name of the button from it.
  if (!form.classList.contains("htmx-request")) button.click();
};

const startAll = () => {
  document.querySelectorAll("[data-composer]").forEach(start);
  fit();
};

// Ctrl Enter sends from every field; Enter alone in one would press the first button there is, whatever that does.
document.addEventListener("keydown", (event) => {
  const form = event.key === "Enter" && (event.target.closest?.("[data-composer]") ?? event.target.form);
  if (!form || !form.matches("[data-composer]")) return;
  if (event.ctrlKey || event.metaKey) event.preventDefault(), send(form, sender(form, event.shiftKey));
  else if (event.target.matches('input:not([type="file"])')) event.preventDefault();
});

document.addEventListener("change", (event) => {
  if (event.target.matches?.('#composer [name="mode"]')) document.querySelector(`#${event.target.value}`)?.focus();
});

// Alt 1 to 4 switch the channel, also while typing.
document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || !/^Digit[1-9]$/.test(event.code)) return;
  const channel = document.querySelectorAll('#composer [name="channel"]')[Number(event.code.at(-1)) - 1];
  if (!channel || channel.disabled) return;
  event.preventDefault();
  channel.click();
});

// Another page of the same thread sends the whole form; "Send anyway" goes with what was asked for first.
document.addEventListener("click", (event) => {
  const then = event.target.closest?.('[name="anyway"]')?.dataset.then;
  if (!then) return;
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "then", value: then });
  document.querySelector("#reply-form").append(field);
});

document.addEventListener("composer:canned", ({ detail }) => {
  const form = document.querySelector("#reply-form");
  document.querySelector('#composer [name="mode"][value="reply"]')?.click();
  form?.canned?.open(detail);
});

// A macro's words, for the agent to send.
document.addEventListener("composer:insert", ({ detail }) => {
  const form = document.querySelector("#reply-form");
  document.querySelector('#composer [name="mode"][value="reply"]')?.click();
  form?.editor?.insert(detail.html);
});

document.addEventListener("htmx:load", startAll);
document.addEventListener("htmx:afterSwap", startAll);
startAll();
