// Actions: answers of 400, 409 and 422 are forms with a reason beside the field, so they are shown; menus close; the
// next customer opens after resolve; chosen rows get their bar.
const $ = (selector) => document.querySelector(selector);

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if ([400, 409, 422].includes(detail.xhr.status)) {
    detail.shouldSwap = true;
    detail.isError = false;
  }
});

const menus = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
  // On a phone Assign and Snooze are entries of More, which open the menus that wider screens show as buttons.
  const opener = event.target.closest?.("[data-opens]");
  const opened = opener?.closest("#conversation-actions")?.querySelector(`summary[data-key="${opener.dataset.opens}"]`);
  if (opened) {
    event.preventDefault(); // without scripts it is a link to the menu's own page
    opened.click();
  }
  const button = event.target.closest?.("[data-focus]");
  const field = button && $(button.dataset.focus);
  // An empty field has nothing to send: the button leads to it instead.
  if (field && (button.matches("label") || !field.value)) {
    if (!button.matches("label")) event.preventDefault();
    $(".desk")?.setAttribute("data-panel", field.closest(".panel") ? "open" : "");
    if (button.matches("label") && event.target !== button.control) {
      // Ticked here and now, and not after this event: the next key already belongs to the field.
      event.preventDefault();
      button.control.checked = true;
      button.control.dispatchEvent(new Event("change", { bubbles: true }));
    }
    field.focus();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});

const lead = (menu) => menu?.querySelector(".menu-sheet :is(select, input:not([type=hidden]), button)")?.focus();
document.addEventListener("toggle", ({ target }) => {
  if (target.matches?.("details.menu") && target.open) lead(target);
}, true);
// What is inside comes when a menu is opened first: it takes the focus from whoever does not write.
document.addEventListener("htmx:afterSettle", ({ target }) => {
  const menu = target.closest?.("details.menu[open]"), at = document.activeElement;
  if (menu && !at.isContentEditable && !at.matches("input, select, textarea, .menu-sheet button")) lead(menu);
});

// After resolve, snooze and spam the next row opens by itself.
const leave = ({ detail }) => {
  const row = $(`#row-${detail.id}`);
  const next = row?.nextElementSibling ?? row?.previousElementSibling;
  next?.querySelector(".who")?.click();
};
for (const name of ["conversation:resolved", "conversation:snoozed", "conversation:declined", "conversation:passed"]) document.body.addEventListener(name, leave);
// The banner goes after the answer to its own button has come in.
document.body.addEventListener("conversation:trusted", () => setTimeout(() => $(".thread > .banner.bad")?.remove()));
document.body.addEventListener("conversation:changed", () => location.reload());

// Messages that were split off leave the threads that are open.
document.body.addEventListener("desk.event", ({ detail }) => {
  for (const message of detail.gone ?? []) $(`#message-${message}`)?.remove();
});

const chosen = () => document.querySelectorAll('input[name="conversation"][form="bulk"]:checked');
const showBulk = () => {
  const bar = $("#bulk");
  if (!bar) return;
  const count = bar.querySelector("[data-bulk-count]");
  if (count) count.textContent = String(chosen().length || "");
};
document.addEventListener("change", (event) => {
  if (event.target.matches?.('input[form="bulk"]')) showBulk();
});
document.body.addEventListener("bulk:done", () => {
  for (const box of chosen()) box.checked = false;
  showBulk();
});
