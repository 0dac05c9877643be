// The web app's service worker: keeps the app for times without a network.
// It knows nothing of messages, and nothing that a relay answers is kept.
//
// manifests/plugin.ts puts two lines before this file at build time:
//   const version = "…";  changes with any file of the app
//   const files = ["/", "/i/", "/assets/…", …];

/* global version, files */

const cacheName = `petmail-${version}`;
const pages = new Set(["/", "/i/"]);
const kept = new Set(files);

/** How long the network may take for a page before the kept one is shown, in ms. */
const patience = 4_000;

self.addEventListener("install", (event) => {
  event.waitUntil(install());
});

async function install() {
  const cache = await caches.open(cacheName);
  await Promise.all(
    files.map(async (path) => {
      // Names of assets change with their content: an older version's will do.
      const old = pages.has(path) ? undefined : await caches.match(path);
      const response =
        old ?? (await fetch(path, { cache: pages.has(path) ? "reload" : "default" }));
      if (!response.ok) throw new Error(`couldn't keep ${path}: status ${response.status}`);
      await cache.put(path, response);
    }),
  );
}

self.addEventListener("activate", (event) => {
  event.waitUntil(activate());
});

async function activate() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("petmail-") && name !== cacheName);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname, search } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin) return;
  if (mode === "navigate") {
    // The secret of a link where browsers send it: the page that takes it out
    // of the address is here, and the network need not hear of it.
    if (strayed(pathname + search)) event.respondWith(landing(event.request));
    else if (pages.has(pathname)) event.respondWith(page(event.request, pathname));
  } else if (kept.has(pathname) && search === "") {
    event.respondWith(asset(event.request, pathname));
  }
});

/** Whether an address holds what belongs behind the "#" of an invite link. */
function strayed(address) {
  let text = address;
  try {
    text = decodeURIComponent(decodeURIComponent(address));
  } catch {
    // read as it is
  }
  return /peti1|^\/i[^?]*#/i.test(text);
}

async function landing(request) {
  return (await keptFile("/i/")) ?? fetch(request);
}

/** A page comes from the network if there is one: updates begin with it. */
async function page(request, pathname) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), patience);
  try {
    const response = await fetch(request, { signal: limit.signal });
    if (response.status < 500) return response;
    return (await keptFile(pathname)) ?? response;
  } catch (error) {
    const old = await keptFile(pathname);
    if (old) return old;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function asset(request, pathname) {
  return (await keptFile(pathname)) ?? fetch(request);
}

async function keptFile(pathname) {
  const cache = await caches.open(cacheName);
  return cache.match(pathname);
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(show(event.notification.tag));
});

/** Brings an open app to the front, or opens one. */
async function show(conversation) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const open = windows.find((client) => new URL(client.url).pathname === "/");
  if (!open) {
    await self.clients.openWindow("/");
    return;
  }
  await open.focus();
  open.postMessage({ open: conversation });
}
