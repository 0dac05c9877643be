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

/** How large a piece of a file is, in bytes, and what the pieces' count and addresses are called. */
const piece = 4 << 20;
const pieces = "petmail-pieces";

self.addEventListener("install", (event) => {
  event.waitUntil(install());
});

async function install() {
  const cache = await caches.open(cacheName);
  await Promise.all(
    files.map(async (path) => {
      // Names of assets change with their content: an older version's will do.
      const old = pages.has(path) ? undefined : await oldFile(path);
      const response =
        old ?? (await fetch(path, { cache: pages.has(path) ? "reload" : "default" }));
      if (!response.ok) throw new Error(`couldn't keep ${path}: status ${response.status}`);
      await keep(cache, path, response);
    }),
  );
}

/**
 * Keeps a file whole, or in pieces where the browser takes no file of that size:
 * on a small disk Chromium refuses one above an eighth of its cache, 10 MiB.
 */
async function keep(cache, path, response) {
  const again = response.clone();
  try {
    await cache.put(path, response);
    again.body?.cancel();
    return;
  } catch (error) {
    if (error.name === "QuotaExceededError") throw error;
  }
  const bytes = await again.arrayBuffer();
  const count = Math.ceil(bytes.byteLength / piece);
  for (let i = 0; i < count; i++) {
    await cache.put(pieceOf(path, i), new Response(bytes.slice(i * piece, (i + 1) * piece)));
  }
  const headers = new Headers(again.headers);
  headers.set(pieces, String(count));
  await cache.put(path, new Response(null, { headers }));
}

const pieceOf = (path, i) => `${path}?${pieces}=${i}`;

/** The file that a cache holds, whole or in pieces. */
async function find(cache, path) {
  const response = await cache.match(path);
  const count = Number(response?.headers.get(pieces) ?? 0);
  if (count === 0) return response;
  const bodies = [];
  for (let i = 0; i < count; i++) {
    const one = await cache.match(pieceOf(path, i));
    if (!one) return undefined;
    bodies.push(await one.blob());
  }
  const headers = new Headers(response.headers);
  headers.delete(pieces);
  return new Response(new Blob(bodies), { headers });
}

/** A file as an older version kept it. */
async function oldFile(path) {
  for (const name of (await caches.keys()).filter((name) => name.startsWith("petmail-"))) {
    const old = await find(await caches.open(name), path);
    if (old) return old;
  }
  return undefined;
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
  return find(await caches.open(cacheName), pathname);
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
