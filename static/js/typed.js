// While one types in a form with data-typed, the server's own form is asked what is wrong with the fields that were
// touched, and each says so below itself. Without this, the same words come after sending.
const WAIT = 400;
const asking = new WeakMap();

document.addEventListener("input", (event) => touched(event.target, WAIT));
document.addEventListener("change", (event) => touched(event.target, 0));

function touched(field, wait) {
  const form = field.form;
  if (!field.name || !form?.hasAttribute("data-typed") || field.closest("[data-untyped]")) return;
  const state = asking.get(form) ?? { names: new Set(), timer: 0, call: null };
  asking.set(form, state);
  state.names.add(field.name);
  clearTimeout(state.timer);
  state.timer = setTimeout(() => ask(form, state), wait);
}

async function ask(form, state) {
  state.call?.abort();
  state.call = new AbortController();
  const said = new FormData(form);
  for (const [name, value] of [...said]) if (value instanceof File) said.delete(name);
  const headers = { "As-Typed": [...state.names].join(" ") };
  const where = form.getAttribute("action") || location.href;
  try {
    const answer = await fetch(where, { method: "POST", body: said, headers, signal: state.call.signal });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const line of page.querySelectorAll("[data-field]")) say(form, line.dataset.field, line.textContent, line.dataset.help);
  } catch {
    // a newer one is asked, or nobody is there: sending the form will tell
  }
}

function say(form, name, wrong, help) {
  if (!name) return sayOfAll(form, wrong);
  const field = [...form.elements].find((each) => each.name === name && each.type !== "hidden");
  const place = field?.closest("[data-says], .field, .row, fieldset");
  if (!place) return;
  let line = place.querySelector("small");
  if (!line) place.append((line = document.createElement("small")));
  line.id ||= `${field.id || name}_wrong`;
  line.setAttribute("aria-live", "polite");
  line.classList.toggle("bad", Boolean(wrong));
  line.textContent = wrong || help;
  field.setAttribute("aria-describedby", line.id);
  if (wrong) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

function sayOfAll(form, wrong) {
  let line = form.querySelector("[data-whole]");
  if (!line && !wrong) return;
  if (!line) {
    line = document.createElement("p");
    line.dataset.whole = "";
    line.setAttribute("role", "status");
    form.prepend(line);
  }
  line.className = wrong ? "callout warn" : "";
  line.textContent = wrong;
}
