// Held: what is sent without a connection stays on this computer and goes out once when there is one again. The key made
// with the composer (client_id) goes along, so that the server stores it once, though an answer was lost on the way.
import { localise } from "./times.js";

const AGAIN = 5000;
const store = `held-${document.body.dataset.agent}`; // Another agent at this computer neither sees nor sends it.
const page = () => document.querySelector("main.thread[data-conversation]");
const opened = () => page()?.dataset.conversation ?? "";

const all = () => JSON.parse(localStorage.getItem(store) ?? "[]");
const keep = (entries) => localStorage.setItem(store, JSON.stringify(entries));
const forget = (key) => keep(all().filter((entry) => entry.key !== key));
const change = (key, facts) => keep(all().map((entry) => (entry.key === key ? { ...entry, ...facts } : entry)));

const newKey = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};

const textOf = (html) => {
  const body = new DOMParser().parseFromString(html, "text/html").body;
  for (const block of body.querySelectorAll("p, div, li, br, pre")) block.after("\n");
  for (const picture of body.querySelectorAll("img")) picture.replaceWith(`[${picture.alt}]`);
  return body.textContent.trim();
};

// False where this computer keeps nothing more: the words then stay in the composer.
const hold = (form, data) => {
  const fields = [...data].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
  const { html, client_id: key } = Object.fromEntries(fields);
  const channel = form.id === "reply-form" ? document.querySelector('#composer [name="channel"]:checked')?.parentElement : null;
  const entry = {
    key,
    fields,
    action: form.getAttribute("action"),
    conversation: opened(),
    mode: form.dataset.composer,
    text: textOf(html),
    channel: channel?.dataset.channel ?? "",
    via: channel?.childNodes[4]?.textContent.trim() ?? "",
    at: new Date().toISOString(),
  };
  try {
    keep([...all().filter((other) => other.key !== key), entry]);
  } catch {
    return false;
  }
  empty(form);
  show();
  return true;
};

const empty = (form) => {
  form.elements.client_id.value = newKey();
  form.querySelector("[data-files-list]")?.replaceChildren();
  form.editor.field.replaceChildren();
  form.editor.changed();
  form.draft?.stop();
};

// What is kept of this conversation stands below everything else.
const show = () => {
  for (const old of document.querySelectorAll("#timeline > [data-held]")) old.remove();
  for (const entry of all()) if (entry.conversation === opened()) draw(entry);
};

const draw = (entry) => {
  const event = document.querySelector("#held").content.firstElementChild.cloneNode(true);
  event.dataset.held = entry.key;
  event.classList.toggle("note", entry.mode === "note");
  if (entry.channel) event.dataset.channel = entry.channel;
  const icon = entry.mode === "note" ? "note" : entry.channel || "send";
  event.querySelector(".node use").setAttribute("href", `#icon-${icon}`);
  event.querySelector(".via").textContent = entry.via;
  event.querySelector("[data-words]").textContent = entry.text;
  for (const time of event.querySelectorAll("time")) time.dateTime = time.dataset.clock = entry.at;
  event.dataset.state = entry.refused ? "failed" : "queued";
  event.querySelector("[data-waits]").hidden = Boolean(entry.refused);
  for (const part of event.querySelectorAll("[data-refused]")) part.hidden = !entry.refused;
  localise(event);
  const scroller = document.querySelector("#scroller");
  document.querySelector("#timeline").append(event);
  scroller.scrollTop = scroller.scrollHeight;
};

// 2xx: said. 4xx: the composer comes back with the words and the reason, unless other words stand in it already.
const send = async (entry, asked = false) => {
  const body = new URLSearchParams(entry.fields);
  body.set("csrfmiddlewaretoken", document.querySelector('[name="csrfmiddlewaretoken"]')?.value ?? "");
  const headers = { "HX-Request": "true", "HX-Target": "composer" };
  const answer = await fetch(entry.action, { method: "POST", body, headers, redirect: "manual" }).catch(() => null);
  if (!answer || answer.status >= 500 || answer.type === "opaqueredirect") return false;
  const html = await answer.text();
  const answered = answer.ok || answer.status === 409 || answer.status === 422;
  const here = answered && entry.conversation === opened() && (asked || isIdle());
  if (answer.ok || here) forget(entry.key);
  else change(entry.key, { refused: true });
  const target = document.querySelector("#composer");
  if (here) htmx.swap(target, html, { swapStyle: "outerHTML" }, { eventInfo: { target } });
  return answer.ok;
};

const isIdle = () => [...document.querySelectorAll("#composer form")].every((form) => form.editor?.isEmpty ?? true);

let sending = false;
const flush = async () => {
  const waiting = all().filter((entry) => !entry.refused);
  if (sending || !waiting.length || !navigator.onLine) return;
  sending = true;
  let went = 0;
  for (const entry of waiting) {
    if (await send(entry)) went += 1;
  }
  sending = false;
  show();
  if (went) document.body.dispatchEvent(new CustomEvent("desk:back")); // What was said now is fetched into the thread.
};

const formOf = ({ detail }) => (detail.elt.matches?.("#reply-form, #note-form") && detail.elt.editor ? detail.elt : null);

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = formOf(event);
  if (form && !navigator.onLine && hold(form, event.detail.requestConfig.formData)) event.preventDefault();
});
document.addEventListener("htmx:sendError", (event) => {
  const form = formOf(event);
  if (form) hold(form, event.detail.requestConfig.formData);
});
document.addEventListener("click", async (event) => {
  const held = event.target.closest?.("[data-held]");
  const entry = held && event.target.closest("button") && all().find((each) => each.key === held.dataset.held);
  if (entry && (await send(entry, true))) document.body.dispatchEvent(new CustomEvent("desk:back"));
  if (entry) show();
});
document.body.addEventListener("desk.event", () => setTimeout(show));
document.body.addEventListener("desk:back", flush);
document.addEventListener("htmx:afterSettle", ({ detail }) => detail.target.id === "page" && show());
addEventListener("online", flush);
setInterval(flush, AGAIN);
if (page()) show();
flush();
