// A line of the thread is found wherever it is: what is further up is asked for, a closed sheet around it is opened.
const found = (id) => document.getElementById(id);

export const reach = async (id) => {
  for (let pages = 0; !found(id) && found("older") && pages < 40; pages += 1) {
    const before = found("older").getAttribute("hx-get");
    await htmx.ajax("GET", before, { target: "#older", swap: "outerHTML" });
    if (found("older")?.getAttribute("hx-get") === before) break;
  }
  const line = found(id);
  for (let around = line?.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
  line?.scrollIntoView({ block: "center" });
  line?.focus({ preventScroll: true });
};

document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="#message-"]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  reach(link.hash.slice(1));
});
