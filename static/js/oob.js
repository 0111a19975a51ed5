// Of an answer, parts for elsewhere on the page (hx-swap-oob) are taken only where the page has that place: one answer
// serves several pages, and htmx would report each that is missing as an error.
const place = (part) => {
  const [, selector] = part.getAttribute("hx-swap-oob").match(/^[^:]*:(.+)$/) ?? [];
  return selector ?? `#${CSS.escape(part.id)}`;
};

document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!detail.serverResponse?.includes("hx-swap-oob") || /^\s*<!doctype/i.test(detail.serverResponse)) return;
  const answer = document.createElement("template");
  answer.innerHTML = detail.serverResponse;
  const lost = [...answer.content.querySelectorAll("[hx-swap-oob]")].filter((part) => !document.querySelector(place(part)));
  if (!lost.length) return;
  for (const part of lost) part.remove();
  detail.serverResponse = answer.innerHTML;
});
