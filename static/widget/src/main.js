/** Starts the widget from its script tag: <script type="module" src="…/widget/throughline.js" data-channel="KEY"></script>. */

import { CSS } from "./css.js"; // widget.css, as the bundle brings it
import { languageOf, speaker } from "./strings.js";
import { Widget } from "./widget.js";

const tag = document.querySelector(`script[data-channel][src*="/widget/throughline.js"]`);
const { channel, identity, lang, theme } = tag.dataset;
const desk = new URL(import.meta.url).origin;
const language = languageOf(lang);
const [say, brand] = await Promise.all([speaker(language, desk), brandOf()]);
const widget = new Widget({ desk, channel, identity: identity || null, language, say, theme, css: CSS, brand });

/** The colour and the logo of the desk's settings; without an answer it looks as usual. */
async function brandOf() {
  try {
    return (await import(`${desk}/chat/${encodeURIComponent(channel)}/brand.js`)).default;
  } catch {
    return {};
  }
}

/** For shops that sign people in without a new page: a token of the shop's back end, or null when they sign out. */
window.throughline = {
  identify: (token) => widget.identify(token),
  open: () => widget.open(),
  close: () => widget.close(),
};
