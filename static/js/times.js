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

// To a deadline: as the server writes it (templatetags.desk.left), amber from the time in data-due, then red.
const count = (time) => {
  const seconds = Math.trunc((new Date(time.dateTime) - Date.now()) / 1000);
  const { left, late } = document.body.dataset;
  if (seconds < 0) time.textContent = late.replace("{time}", brief(-seconds));
  else if (seconds < 3600) time.textContent = left.replace("{time}", brief(seconds));
  else time.textContent = seconds < 86_400 && seconds % 3600 >= 60 ? `${brief(seconds)} ${brief(seconds % 3600)}` : brief(seconds);
  const badge = time.closest(".sla");
  badge?.classList.toggle("late", seconds <= 0);
  badge?.classList.toggle("soon", seconds > 0 && new Date(time.dataset.due) <= Date.now());
};
const brief = (seconds) => short(Math.max(seconds, 0));

export const tick = (root = document) => {
  for (const time of root.querySelectorAll("time[data-due]")) count(time);
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
