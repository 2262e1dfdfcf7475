// Keeps large files for the next visit, decompressed: reading one takes less time than decompressing the browser's cached
// copy. Their names contain the hash of their contents, which was checked when they were fetched.
//
// Node and pages from plain HTTP have no `caches`; private windows and full disks refuse to write. Then each visit fetches
// the files again.

const CACHE = "wasmforge";

/**
 * Read a file that an earlier visit or a service worker has cached; undefined if there is none.
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
 * Cache a file, and drop the cached files that its bundle no longer has.
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
