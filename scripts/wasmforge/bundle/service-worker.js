// Keeps every file of this bundle for visits without a network. FILES, before this, has their hashes, and NAME is of
// exactly these. A bundle that is not for offline use has no FILES: its worker ends what an earlier one kept.
//
// A deployment is served whole: its pages get its files from its own cache alone, and the worker of a newer deployment
// waits, with a cache of its own, until no page of this one is open.

const PREFIX = `wasmforge-${registration.scope}-`;
const CACHE = PREFIX + NAME;
const HASHED = /-[0-9a-f]{16}\.[a-z.]+$/;
const PARALLEL = 4;

addEventListener("install", (event) => event.waitUntil(keepAll()));
addEventListener("activate", (event) => event.waitUntil(takeOver()));
addEventListener("fetch", (event) => {
  const file = event.request.method === "GET" && fileOf(event.request.url);
  if (file) event.respondWith(answer(file, event.request));
});

/** The bundle's file at an address; undefined if it has none there. */
function fileOf(address) {
  const { origin, pathname } = new URL(address);
  const path = origin + pathname + (pathname.endsWith("/") ? "index.html" : "");
  const file = path.startsWith(registration.scope) ? path.slice(registration.scope.length) : "";
  return Object.hasOwn(FILES, file) ? file : undefined;
}

/** All or nothing: an install that fails is tried again at a later visit, and finds what came in already. */
async function keepAll() {
  const left = Object.keys(FILES);
  const work = async () => {
    for (let file; (file = left.shift()); ) {
      const cache = await caches.open(CACHE);
      if (!(await cache.match(file))) await cache.put(file, await fetchChecked(file));
    }
  };
  const results = await Promise.allSettled(Array.from({ length: PARALLEL }, work));
  const failed = results.find(({ status }) => status === "rejected");
  if (!failed) return;
  if (failed.reason.name === "QuotaExceededError") {
    // A part of a deployment only takes room from what the page stores.
    await caches.delete(CACHE);
    // One that does not fit beside the kept one must come next all the same.
    if (registration.active) return;
  }
  throw failed.reason;
}

/** Fetch a file of this deployment. Throws if the host sends another: an error page, a log-in, a newer deployment. */
async function fetchChecked(file) {
  // What never changes may come from the browser's cache: the page has just fetched some of it.
  for (const cache of HASHED.test(file) ? ["default", "reload"] : ["no-cache", "reload"]) {
    const response = await fetch(file, { cache });
    if (!response.ok) throw new Error(`${file}: the server answers ${response.status}`);
    const bytes = await response.arrayBuffer();
    if ((await sha256(bytes)) === FILES[file]) return new Response(bytes, { headers: headersOf(response) });
  }
  throw new Error(`${file} is not of this deployment`);
}

/** The headers to keep a decoded file with. Content-Encoding tells bootstrap.mjs to ask for no compressed copy. */
function headersOf(response) {
  const headers = new Headers(response.headers);
  headers.delete("Content-Length");
  if (!headers.has("Content-Encoding")) headers.set("Content-Encoding", "identity");
  return headers;
}

async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function takeOver() {
  const names = await caches.keys();
  const others = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(others.map((name) => caches.delete(name)));
  // Without a cache there is nothing to serve. The next visit installs anew what now has room.
  if (names.includes(CACHE)) await clients.claim();
  else await registration.unregister();
}

/** The kept copy, even if the host has another: it may be an error page, a log-in or a newer deployment. */
async function answer(file, request) {
  // The user or the browser may have cleared or disabled the storage.
  const kept = await caches.match(file, { cacheName: CACHE }).catch(() => undefined);
  return kept ?? fetch(request);
}
