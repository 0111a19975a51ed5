/** Builds elements and icons node by node: no HTML strings, so nothing foreign can run and Trusted Types stay content. */

const PATHS = {
  email: "M4.5 4.25h11a2 2 0 0 1 2 2v7.5a2 2 0 0 1-2 2h-11a2 2 0 0 1-2-2v-7.5a2 2 0 0 1 2-2Zm-1.5 2 7 5 7-5",
  chat: "M17 9.4c0 3.3-3.1 5.9-7 5.9-.8 0-1.6-.1-2.3-.3L4 16.5l.8-3C3.7 12.4 3 11 3 9.4 3 6.1 6.1 3.5 10 3.5s7 2.6 7 5.9Z",
  send: "m3.5 10 13-6-4.5 13-2.75-5.5Zm5.75 1.5 3.5-3.75",
  attach: "m15.75 9.75-5.4 5.4a3.5 3.5 0 0 1-5-5l5.9-5.9a2.35 2.35 0 0 1 3.3 3.3l-5.7 5.7a1.15 1.15 0 0 1-1.65-1.6l5-5",
  emoji: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM7 11.5c1.5 2.6 4.5 2.6 6 0M7.5 8v.01M12.5 8v.01",
  close: "m5.25 5.25 9.5 9.5M14.75 5.25l-9.5 9.5",
  down: "m5.5 8 4.5 4.5L14.5 8",
};

/** `h("p", { class: "say" }, "Hi")`; a property that starts with "on" is a listener, null and false are left out. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS(svg.namespaceURI, "path");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export function iconButton(name, label, properties = {}) {
  return h("button", { type: "button", class: "button", "aria-label": label, title: label, ...properties }, icon(name));
}

/** Initials on the person's hue. The style is set through the object model, which a strict CSP allows. */
export function avatar(person, here) {
  const circle = h("span", { class: "avatar", "aria-hidden": "true", "data-here": here ? "yes" : null }, person.logo ? h("img", { src: person.logo, alt: "" }) : person.initials);
  circle.style.setProperty("--h", person.hue);
  return circle;
}

/** The text as nodes, with web addresses as links that tell the other side nothing about this page. */
export function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]])/).map((piece, index) =>
    index % 2 ? h("a", { href: piece, target: "_blank", rel: "noopener noreferrer nofollow" }, piece) : piece,
  );
}
