// The handoff card follows what happens in its thread.
const $ = (selector) => document.querySelector(selector);
const here = () => Number($("main.thread[data-conversation]")?.dataset.conversation) || 0;
const VERBS = /data-verb="(?:handed_over|took_over|handed_back|bot_did|assigned|routed|declined|resolved|reopened)"/;

// Not while somebody is at it: a menu that is open, a word that is half written.
const isUsed = () => $("#handoff details.menu[open], #handoff :is(input, select):focus");
const tell = () => isUsed() || document.body.dispatchEvent(new CustomEvent("desk:handoff"));

let later;
document.body.addEventListener("desk.event", ({ detail }) => {
  if (detail.conversation !== here() || !$("#handoff")) return;
  const isNews = VERBS.test(detail.html) || ($("#handoff > .record") && /id="message-/.test(detail.html));
  if (!isNews) return;
  clearTimeout(later);
  later = setTimeout(tell, 150);
});
document.body.addEventListener("desk:back", () => $("#handoff") && tell());
// A socket that was slow to open has missed what was done since the page was drawn.
document.body.addEventListener("desk:connected", () => performance.now() > 2000 && $("#handoff") && tell());

// Open stays open and folded stays folded, as the reader left it; and so does how far they had read.
let was;
document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const record = detail.target.id === "handoff" && detail.target.querySelector(":scope > .record");
  was = record && { open: record.open, top: record.querySelector(".inside")?.scrollTop, time: record.querySelector("time")?.dateTime };
});
document.body.addEventListener("htmx:afterSwap", () => {
  const record = was && $("#handoff > .record");
  if (record && record.querySelector("time")?.dateTime === was.time) {
    record.open = was.open;
    record.querySelector(".inside").scrollTop = was.top;
  }
  was = null;
});
