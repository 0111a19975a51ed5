// Within the frame: who the shop vouches for, which page it is, and how high the frame must be.
const told = new URLSearchParams(location.hash.slice(1));
for (const name of ["identity", "page"]) {
  const field = document.querySelector(`[name="${name}"]`);
  if (field && !field.value) field.value = told.get(name) || "";
}
const grow = () => parent.postMessage({ height: document.documentElement.offsetHeight }, "*");
new ResizeObserver(grow).observe(document.body);
grow();
document.querySelector("form")?.addEventListener("submit", (event) => {
  const button = event.target.querySelector("[type=submit]");
  button.setAttribute("aria-disabled", "true");
  button.classList.add("htmx-request");
});
