/** The shop's own banner: asks once, tells the tracker, and can be asked for again at the foot of the page. */

const banner = document.getElementById("consent");
const tracker = window.throughlineTracker; // the tracker's script stands before this one

banner.hidden = tracker.asked();
for (const button of banner.querySelectorAll("[data-choose]")) {
  button.addEventListener("click", () => {
    const analytics = button.dataset.choose === "yes";
    const location = analytics && banner.querySelector("[name=location]").checked;
    tracker.consent({ analytics, location });
    if (location) tracker.locate();
    banner.hidden = true;
  });
}
document.getElementById("choose-again").addEventListener("click", () => {
  banner.hidden = false;
  banner.querySelector("button").focus();
});
