// Copy: the button beside a field that may only be read. Without it, the field's text can be marked.
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  const field = button?.parentElement.querySelector("input");
  if (!field) return;
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    document.execCommand("copy"); // a page without https has no clipboard of its own
  }
  button.toggleAttribute("data-copied", true);
  setTimeout(() => button.toggleAttribute("data-copied", false), 1500);
});
