// Answers the solver's requests to channels: solver.mjs gives it this module's fetch.

import { retry } from "wasmforge-runtime/retry.mjs";
import { describe, request as send } from "./requests.mjs";

/**
 * The fields of a package's record that the solver needs.
 * @typedef {{name: string, version: string, build: string, depends?: string[]}} Given
 */

/** A channel that exists only here: it has the loaded packages and the virtual packages of a browser. */
export const GIVEN = "https://given.invalid/";
// The same as in scripts/wasmforge/environment/solver.py.
const BROWSER = ["__unix", "__emscripten"].map((name) => ({ name, version: "0", build: "0" }));

// The solver asks for these before the plain index. Hosts compress the plain index, so skip them.
const COMPRESSED = /\/repodata\.json\.(zst|bz2)$/;
const INDEX = /\/repodata[^/]*$/;
const SHARDS = /\/repodata_shards\.msgpack\.zst$/;

/** Addresses of sharded indexes that do not exist. @type {Set<string>} */
const withoutShards = new Set();

/** The requests of one solve. */
export class Requests {
  /** @type {Given[]} */
  #given;
  #signal;
  /** Why the last failed request failed. @type {string | undefined} */
  failure;
  /** When the last response was complete. From then on the solver computes. */
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
 * A response that seems to come from an address.
 * @param {string} url
 * @param {string} [body] default: there is no such file
 */
function reply(url, body) {
  const response = body === undefined ? new Response(null, { status: 404 }) : new Response(body);
  return Object.defineProperty(response, "url", { value: url });
}

/** @type {Requests | undefined} */
let current;

/**
 * Route the solver's requests through these during the work. Only one solve may run at a time.
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

/** The solver's fetch. @param {Request} request @returns {Promise<Response>} */
export function solverFetch(request) {
  return current ? current.answer(request) : Promise.reject(new Error("no solve is under way"));
}
