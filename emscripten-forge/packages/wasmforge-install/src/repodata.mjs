// What the solver asks channels for. Its own requests come here (build.mjs puts this in the place of fetch).

import { retry } from "wasmforge-runtime/retry.mjs";
import { describe, request as send } from "./requests.mjs";

/**
 * What a channel's index says of a package, as far as the solver needs it.
 * @typedef {{name: string, version: string, build: string, depends?: string[]}} Given
 */

/** A channel that is nowhere but here: packages that are there already, and what a browser counts as. */
export const GIVEN = "https://given.invalid/";
// As scripts/wasmforge/solving.py.
const BROWSER = ["__unix", "__emscripten"].map((name) => ({ name, version: "0", build: "0" }));

// The host compresses what it sends, so that these, which come before the plain index, are not worth a request.
const COMPRESSED = /\/repodata\.json\.(zst|bz2)$/;
const INDEX = /\/repodata[^/]*$/;
const SHARDS = /\/repodata_shards\.msgpack\.zst$/;

/** Addresses of indexes of shards that channels do not have. @type {Set<string>} */
const withoutShards = new Set();

/** One solve's requests. */
export class Requests {
  /** @type {Given[]} */
  #given;
  #signal;
  /** The last request that failed, in words. @type {string | undefined} */
  failure;
  /** When the last answer was complete: what comes after it is the solver's own time. */
  answered = performance.now();

  /** @param {Given[]} given packages that no channel may have in another version @param {AbortSignal} signal */
  constructor(given, signal) {
    this.#given = [...BROWSER, ...given];
    this.#signal = signal;
  }

  /** @param {Request} request @returns {Promise<Response>} */
  async answer(request) {
    const { url } = request;
    if (url.startsWith(GIVEN)) return url.endsWith("/noarch/repodata.json") ? reply(url, this.#index()) : reply(url);
    if (COMPRESSED.test(url) || withoutShards.has(url)) return reply(url);
    const signal = this.#signal;
    try {
      return await retry(signal, async () => {
        // An index changes under the same name.
        const response = await send(request.clone(), { signal, cache: INDEX.test(url) ? "no-cache" : "default" });
        if (SHARDS.test(url) && response.status === 404) withoutShards.add(url);
        else if (!response.ok) this.failure = `${url}: ${describe(response)}`;
        return response;
      });
    } catch (error) {
      this.failure ??= /** @type {Error} */ (error).message;
      throw error;
    } finally {
      this.answered = performance.now();
    }
  }

  #index() {
    const records = this.#given.map(({ name, version, build, depends = [] }) => [
      `${name}-${version}-${build}.conda`,
      { name, version, build, build_number: 0, depends, subdir: "noarch" },
    ]);
    return JSON.stringify({ info: { subdir: "noarch" }, packages: {}, "packages.conda": Object.fromEntries(records) });
  }
}

/**
 * A response as if from there.
 * @param {string} url
 * @param {string} [body] none: there is no such file
 */
function reply(url, body) {
  const response = body === undefined ? new Response(null, { status: 404 }) : new Response(body);
  return Object.defineProperty(response, "url", { value: url });
}

/** @type {Requests | undefined} */
let current;

/**
 * Let the solver ask through these requests until the work is done. Only one solve may be under way.
 * @template T
 * @param {Requests} requests
 * @param {() => Promise<T>} work
 */
export async function answering(requests, work) {
  current = requests;
  try {
    return await work();
  } finally {
    current = undefined;
  }
}

/** In the place of the solver's fetch. @param {Request} request @returns {Promise<Response>} */
export function solverFetch(request) {
  return current ? current.answer(request) : Promise.reject(new Error("no solve is under way"));
}
