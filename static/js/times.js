// Times: what a push brings is in the server's words; here it gets the agent's own clock, and waiting times go on.
const language = document.documentElement.lang;
const zone = document.body.dataset.zone;
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: zone });
const day = new Intl.DateTimeFormat("sv", { timeZone: zone }); // 2026-11-22
const units = [["minute", 60, 3600], ["hour", 3600, 86_400], ["day", 86_400, Infinity]];

const short = (seconds) => {
  const [unit, size] = units.find(([, , below]) => seconds < below);
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "narrow" }).format(Math.floor(seconds / size));
};

export const dayOf = (iso) => day.format(iso ? new Date(iso) : new Date());

export const tick = (root = document) => {
  for (const time of root.querySelectorAll("time[data-ago]")) {
    const seconds = Math.max(0, (Date.now() - new Date(time.dateTime)) / 1000);
    if (seconds >= 60) time.textContent = short(seconds);
    if (time.dataset.ago === "urgency") {
      time.parentElement.classList.toggle("late", seconds >= 14_400);
      time.parentElement.classList.toggle("soon", seconds >= 3600 && seconds < 14_400);
    }
  }
};

export const localise = (root) => {
  for (const time of root.querySelectorAll("[data-clock]")) time.textContent = clock.format(new Date(time.closest("time").dateTime));
  tick(root);
};

tick();
setInterval(tick, 30_000);
