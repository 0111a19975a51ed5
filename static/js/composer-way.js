// Way: what the chosen channel carries decides which fields are there, how much is left, and who can read it.
import { segmentsOf } from "./segments.js";

const $ = (selector) => document.querySelector(selector);
const channel = () => $('#composer [name="channel"]:checked');

export const isPublic = () => channel()?.hasAttribute("data-public") && $('#composer [name="visibility"]:checked')?.value === "public";

// The button that Ctrl Enter presses: a public one only where everybody can read it, and it says so.
export const sender = (form, and) => {
  if (form.id === "reply-form" && isPublic()) return form.querySelector('[name="publicly"]');
  return (and && form.querySelector('button[name="then"]')) || form.querySelector('button[type="submit"]:not([name])');
};

export const fit = () => {
  const composer = $("#composer");
  if (!composer) return;
  const chosen = channel();
  composer.toggleAttribute("data-copies", Boolean(chosen?.hasAttribute("data-copies")));
  for (const part of composer.querySelectorAll(".visibility")) part.disabled = !chosen?.hasAttribute("data-public");
  templates(composer, chosen?.dataset.template);
  buttons(composer, chosen);
  answered(composer, chosen);
  count();
};

// A template is of one channel; only the chosen one asks for its values.
const templates = (composer, of) => {
  const select = composer.querySelector('[name="template"]');
  if (!select) return;
  for (const each of composer.querySelectorAll(".templates [data-of]")) each.hidden = each.dataset.of !== of;
  for (const each of composer.querySelectorAll("fieldset[data-template]")) {
    each.hidden = each.disabled = !of || each.dataset.template !== select.value;
    if (!each.hidden) preview(each);
  }
};

const preview = (fields) => {
  const values = { header: {}, body: {} };
  for (const { dataset, value } of fields.querySelectorAll("[data-part]")) if (values[dataset.part]) values[dataset.part][dataset.name] = value;
  const put = (text, known) => text.replace(/\{\{\s*(\w+)\s*\}\}/g, (found, name) => known[name] || found);
  const { header, body, footer } = fields.dataset;
  fields.querySelector("[data-preview]").textContent = [put(header, values.header), put(body, values.body), footer].filter(Boolean).join("\n\n");
};

const buttons = (composer, chosen) => {
  const offers = composer.querySelector(".offers");
  if (!offers) return;
  offers.hidden = !chosen?.dataset.buttons;
  offers.querySelector("textarea").disabled = offers.hidden;
  const say = offers.querySelector("[data-buttons-say]");
  say.textContent = offers.hidden ? "" : say.dataset.words.replace("{most}", chosen.dataset.buttons).replace("{longest}", chosen.dataset.buttonLongest);
};

// One message can be answered by itself only where it was said, and where the medium can.
const answered = (composer, chosen) => {
  const chip = composer.querySelector("[data-answering]");
  const field = chip?.querySelector("input");
  if (!field?.value) return;
  chip.hidden = field.disabled = field.dataset.of !== chosen?.dataset.answers;
};

const answer = (button) => {
  const chip = $("[data-answering]");
  if (!chip) return;
  const { answer: pk, of, text } = button.dataset;
  const way = [...document.querySelectorAll(`#composer [name="channel"][data-answers="${CSS.escape(of)}"]`)].find((each) => !each.disabled);
  if (!way) return;
  $('#composer [name="mode"][value="reply"]').checked = true;
  if (!way.checked) keepToOurselves();
  way.checked = true;
  const field = chip.querySelector("input");
  Object.assign(field, { value: pk, disabled: false });
  field.dataset.of = of;
  Object.assign(chip.querySelector("a"), { href: `#message-${pk}`, textContent: text });
  chip.hidden = false;
  changed();
  $("#reply")?.focus();
};

const changed = () => {
  fit();
  $("#reply-form")?.draft?.later();
};

// How much is left, once it is much, or too much; and what the files weigh.
const count = () => {
  const out = $("#reply-form [data-count]");
  const chosen = channel();
  if (!out || !chosen) return;
  const longest = Number(isPublic() ? chosen.dataset.longestPublic : chosen.dataset.longest);
  const words = $("#reply")?.innerText ?? "";
  const length = [...words.replace(/\n\n/g, "\n").trim()].length;
  const files = $("#reply-form [data-files-list]")?.querySelector('[name="file"]');
  const carriesNone = Boolean(files) && Number(chosen.dataset.largest) === 0;
  const most = Number(chosen.dataset.segments ?? 0);
  const cut = most ? segmentsOf(words.replace(/\n\n/g, "\n").trim()).count : 0;
  const isOver = length > longest || cut > most;
  out.textContent = carriesNone
    ? out.dataset.files.replace("{medium}", chosen.dataset.medium)
    : cut > 1 && length <= longest
    ? out.dataset.segments.replace("{count}", cut).replace("{most}", most)
    : isOver || (longest < 20000 && length > longest * 0.8) || (isPublic() && length) ? out.dataset.words.replace("{length}", length).replace("{longest}", longest) : "";
  out.classList.toggle("over", isOver || carriesNone);
};

// To be public is said of one way to them: another way begins in private.
const keepToOurselves = () => {
  const ours = $('#composer [name="visibility"][value="private"]');
  if (ours) ours.checked = true;
};

document.addEventListener("change", ({ target }) => {
  if (target.matches?.('#composer [name="channel"]')) keepToOurselves();
  if (target.matches?.('#composer :is([name="channel"], [name="visibility"], [name="template"])')) changed();
});
document.addEventListener("input", ({ target }) => {
  const fields = target.closest?.("#composer fieldset[data-template]");
  if (fields) preview(fields), $("#reply-form")?.draft?.later();
  else if (target.closest?.("#reply-form")) count(), target.name === "buttons" && $("#reply-form").draft?.later();
});
document.addEventListener("files:changed", count, true);
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-answer]");
  if (button) return event.preventDefault(), answer(button);
  if (event.target.closest?.("[data-answer-none]")) {
    const field = $("[data-answering] input");
    Object.assign(field, { value: "", disabled: true });
    $("[data-answering]").hidden = true;
    changed();
    return $("#reply")?.focus();
  }
});
