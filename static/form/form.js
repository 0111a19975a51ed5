// A shop's page puts this script where the contact form is to stand:
// <script src="https://desk.example/form/form.js" data-form="KEY" defer></script>
const tag = document.currentScript;
const desk = new URL(tag.src).origin;
const frame = document.createElement("iframe");
const language = document.documentElement.lang.split("-")[0];
const page = encodeURIComponent(location.origin + location.pathname);
frame.title = tag.dataset.title || "Contact";
frame.src = `${desk}/form/${encodeURIComponent(tag.dataset.form)}/?lang=${language}#page=${page}&identity=${encodeURIComponent(tag.dataset.identity || "")}`;
frame.style.cssText = "display: block; width: 100%; height: 44rem; border: 0";
addEventListener("message", (event) => {
  if (event.origin === desk && event.source === frame.contentWindow && event.data?.height > 0) {
    frame.style.height = `${Math.ceil(event.data.height)}px`;
  }
});
tag.after(frame);
