// Service worker: shows what was pushed, and opens its conversation. It caches nothing: a desk that is old is wrong.
addEventListener("push", (event) => {
  const said = event.data?.json() ?? {};
  const options = { body: said.body, tag: said.tag, icon: said.icon, data: { url: said.url ?? "/" } };
  event.waitUntil(registration.showNotification(said.title ?? "Throughline", options));
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data.url, location.origin).href;
  const show = async () => {
    const windows = await clients.matchAll({ type: "window" });
    const open = windows.find((one) => one.url === url) ?? windows[0];
    if (!open) return clients.openWindow(url);
    await open.focus();
    return open.url === url ? open : open.navigate(url);
  };
  event.waitUntil(show());
});
