// Web push: the switch on /me/ subscribes this browser, or takes it off again.
const button = document.querySelector("[data-push-key]");
const headers = () => ({ "Content-Type": "application/json", "X-CSRFToken": button.form.csrfmiddlewaretoken.value });
const tell = (method, subscription) =>
  fetch("/me/push/", { method, headers: headers(), body: JSON.stringify(subscription) });

const bytes = (key) => Uint8Array.from(atob(key.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

const draw = (subscription) => {
  button.hidden = false;
  button.textContent = subscription ? button.dataset.off : button.dataset.on;
};

const flip = async (registration) => {
  const old = await registration.pushManager.getSubscription();
  if (old) {
    await tell("DELETE", old);
    await old.unsubscribe();
    return draw(null);
  }
  const options = { userVisibleOnly: true, applicationServerKey: bytes(button.dataset.pushKey) };
  const subscription = await registration.pushManager.subscribe(options);
  const answer = await tell("POST", subscription);
  if (!answer.ok) await subscription.unsubscribe();
  draw(answer.ok ? subscription : null);
};

if (button && "serviceWorker" in navigator && "PushManager" in window) {
  const registration = await navigator.serviceWorker.register("/sw.js", { scope: "/" });
  draw(await registration.pushManager.getSubscription());
  button.addEventListener("click", () => flip(registration).catch(() => { button.textContent = button.dataset.denied; }));
}
