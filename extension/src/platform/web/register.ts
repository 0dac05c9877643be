/** Registers the service worker, which makes the app work offline. */
export function registerServiceWorker(): void {
  // Refused in some private windows; the app works without it.
  navigator.serviceWorker?.register("/sw.js", { scope: "/" }).catch(() => undefined);
}
