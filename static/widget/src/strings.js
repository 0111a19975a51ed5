/** What the widget says: English here, each other language in a small module that is fetched where it is wanted. */

const ENGLISH = {
  open: "Open chat",
  close: "Close chat",
  help: "Help from {shop}",
  log: "Conversation",
  write: "Write to us",
  writeTo: "Write to {name}",
  message: "Message",
  send: "Send",
  attach: "Attach a file",
  emoji: "Emoji",
  mail: "Go on by email",
  you: "You",
  here: "here now",
  away: "We answer by email",
  closed: "We are closed right now. Leave your email and the answer comes by mail.",
  back: "Back {day} at {time}",
  backToday: "Back at {time}",
  handover: "{name} has read your chat so far.",
  again: "No need to repeat anything.",
  waiting: "Waiting to be sent",
  sent: "Sent",
  seen: "Seen",
  offline: "No connection. What you write is kept and goes out by itself.",
  typing: "{name} is writing",
  name: "Name",
  email: "Email",
  save: "Save",
  reach: "Where can we reach you?",
  why: "If you leave, our answer comes by email.",
  kept: "Thank you. If you leave, we answer to {email}.",
  tooBig: "{name} is larger than {mb} MB.",
  failed: "{name} could not be sent. Please try again.",
  remove: "Remove {name}",
  unread: "New messages: {n}",
  bot: "{name} is a bot. Ask for a person at any time.",
  from: "{name} from {team}",
  below: "New message below",
  required: "Please fill this in first",
};

const OTHERS = ["de", "fr", "es", "it", "nl", "pl", "no", "ar"];

/** The first language we have of: the tag's, the page's, the browser's; else English. In the browser's own variant. */
export function languageOf(wish) {
  const wishes = [wish, document.documentElement.lang, ...navigator.languages].filter(Boolean);
  const found = wishes.find((tag) => short(tag) === "en" || OTHERS.includes(short(tag))) || "en";
  return navigator.languages.find((tag) => short(tag) === short(found)) || found;
}

/** `say("from", { name: "Ada", team: "Returns" })`; unknown words in braces stay. */
export async function speaker(language, desk) {
  const words = { ...ENGLISH, ...(await wordsOf(short(language), desk)) };
  return (name, values = {}) => words[name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

async function wordsOf(language, desk) {
  if (language === "en") return {};
  try {
    return (await import(`${desk}/widget/strings/${language}.js`)).default;
  } catch {
    return {}; // better in English than not at all
  }
}

/** Norwegian is written in two ways; we have one. */
function short(tag) {
  return tag.toLowerCase().split("-")[0].replace(/^n[bn]$/, "no");
}
