
// Keeps every file of this bundle for visits without a network. NAME, before this, is of exactly these FILES.

const PREFIX = "wasmforge-";
const CACHE = `${PREFIX}${registration.scope}-${NAME}`;
const HASHED = /-[0-9a-f]{16}\.[a-z.]+$/;
const PARALLEL = 4;

addEventListener("install", (event) => event.waitUntil(keepAll()));
addEventListener("activate", (event) => event.waitUntil(forgetOthers()));
addEventListener("fetch", (event) => {
  const { url, method } = event.request;
  if (method === "GET" && url.startsWith(registration.scope)) event.respondWith(answer(event.request));
});

/** All or nothing: an install that fails is tried again at the next visit, and finds what came in already. */
async function keepAll() {
  const cache = await caches.open(CACHE);
  const left = [...FILES];
  const work = async () => {
    for (let file; (file = left.shift()); ) {
      if (await cache.match(file)) continue;
      // What never changes may come from the browser's cache: the page has just fetched some of it.
      const response = await fetch(file, { cache: HASHED.test(file) ? "default" : "no-cache" });
      if (!response.ok) throw new Error(`${file}: ${response.status}`);
      await cache.put(file, response);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  await skipWaiting();
}

async function forgetOthers() {
  for (const name of await caches.keys()) {
    if (name.startsWith(`${PREFIX}${registration.scope}-`) && name !== CACHE) await caches.delete(name);
  }
  await clients.claim();
}

/** What never changes comes from the cache; the rest is asked for anew, and comes from the cache without a network. */
async function answer(request) {
  const url = new URL(request.url);
  const folder = url.pathname.endsWith("/") ? `${url.origin}${url.pathname}index.html` : url.origin + url.pathname;
  const kept = () => caches.open(CACHE).then((cache) => cache.match(folder));
  if (HASHED.test(url.pathname)) return (await kept()) ?? fetch(request);
  try {
    return await fetch(request);
  } catch (error) {
    const response = await kept();
    if (response) return response;
    throw error;
  }
}
