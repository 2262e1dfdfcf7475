// Large files are remembered for the next visit as they are used: reading one so takes less time than decompressing what
// the browser's own cache has of it. Their names have the hash of what is in them, which was checked when they came.
//
// Not every place can remember: there are no `caches` in node and in pages that came over plain HTTP, and private
// windows and full disks refuse. Then files are fetched each time.

const CACHE = "wasmforge";

/**
 * A file that an earlier visit remembered, or that a service worker keeps; undefined if there is none.
 * @param {string} url
 * @param {number} size in bytes
 * @returns {Promise<Uint8Array | undefined>}
 */
export async function recall(url, size) {
  try {
    const response = await caches.match(url);
    const bytes = response && new Uint8Array(await response.arrayBuffer());
    return bytes?.length === size ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Remember a file, and of others of its bundle only those that this still has.
 * @param {string} url
 * @param {Uint8Array} bytes
 * @param {string} base the bundle's folder
 * @param {string[]} current addresses
 */
export async function remember(url, bytes, base, current) {
  try {
    const cache = await caches.open(CACHE);
    for (const request of await cache.keys()) {
      if (request.url.startsWith(base) && !current.includes(request.url)) await cache.delete(request);
    }
    await cache.put(url, new Response(/** @type {BodyInit} */ (bytes)));
  } catch {
    // See above.
  }
}

/** @param {string} url */
export async function forget(url) {
  try {
    await (await caches.open(CACHE)).delete(url);
  } catch {
    // Then it was not remembered.
  }
}
