// Which packages satisfy specifications: rattler's solver, the one that `wasmforge create` uses, compiled to
// WebAssembly.

import defineSolver from "rattler-solver";
import { retry } from "wasmforge-runtime/retry.mjs";
import { InstallError } from "./errors.mjs";
import { answering, GIVEN, Requests, solverFetch } from "./repodata.mjs";
import { describe, request } from "./requests.mjs";

/**
 * A package of a solution. given: whether it was there before.
 * @typedef {{name: string, version: string, build: string, subdir: string, depends: string[], url: string,
 *            file: string, size: number, sha256: string, given: boolean}} Solved
 */

const PLATFORMS = ["emscripten-wasm32", "noarch"];

/** @typedef {import("rattler-solver").Solver} Solver */

/** @type {Promise<Solver> | undefined} */
let starting;

/** Load the solver, once; after a failure, the next call tries again. @param {AbortSignal} signal */
function startSolver(signal) {
  return (starting ??= load(signal).catch((error) => {
    starting = undefined;
    throw error;
  }));
}

/** @param {AbortSignal} signal @returns {Promise<Solver>} */
async function load(signal) {
  const url = new URL(SOLVER_FILE, import.meta.url);
  const module = await retry(signal, async () => {
    if (url.protocol === "file:") return WebAssembly.compile(readLocal(url));
    const response = await request(url.href, { signal });
    if (!response.ok) throw new InstallError(`${url} is missing: ${describe(response)}`);
    try {
      return await WebAssembly.compile(await response.arrayBuffer());
    } catch (cause) {
      throw new InstallError(`${url} is damaged (${/** @type {Error} */ (cause).message})`, { transient: true, cause });
    }
  });
  return instantiate(module);
}

/**
 * Run the solver's module. It was written for node: it reads a file and compiles that at once, which would block a page. So
 * it gets the compiled module in place of the file, and its requests come to us.
 * @param {WebAssembly.Module} module
 */
function instantiate(module) {
  const exports = {};
  const fs = { readFileSync: () => module };
  /** @param {WebAssembly.Module} compiled */
  const Module = function (compiled) {
    return compiled;
  };
  defineSolver(exports, () => fs, "", solverFetch, { Module, Instance: WebAssembly.Instance });
  return /** @type {Solver} */ (exports);
}

/** @param {URL} url */
function readLocal(url) {
  return /** @type {any} */ (globalThis).process.getBuiltinModule("node:fs").readFileSync(url);
}

/**
 * The packages of an environment with these specifications and the given packages, which stay as they are.
 * @param {string[]} specs
 * @param {string[]} channels their addresses; a package comes from the first that has its name
 * @param {import("./repodata.mjs").Given[]} given
 * @param {AbortSignal} signal
 * @returns {Promise<{solved: Solved[], milliseconds: number}>} milliseconds: after the channels had answered
 */
export async function solve(specs, channels, given, signal) {
  const { simpleSolve } = await startSolver(signal);
  const requests = new Requests(given, signal);
  // Among the specifications, too: of a package that one of them names the solver asks only for what fits it.
  const pins = given.map(({ name, version, build }) => `${name} ==${version} ${build}`);
  try {
    const work = () => simpleSolve([...specs, ...pins], [GIVEN, ...channels], PLATFORMS, []);
    const found = await answering(requests, work);
    const milliseconds = performance.now() - requests.answered;
    return { solved: found.map(plain).filter(({ name }) => !name.startsWith("__")), milliseconds };
  } catch (error) {
    signal.throwIfAborted();
    const reason = (error instanceof Error ? error.message : String(error)).trim();
    // Of a missing index the solver says only which folder it is of; of a failed request, nothing.
    const isNetwork = /^(could not find subdir|error sending request|.*http)/i.test(reason);
    if (isNetwork && requests.failure) {
      throw new InstallError(`no channel there: ${requests.failure}`, { cause: error });
    }
    throw new Unsolvable(reason, { cause: error });
  }
}

/** No packages of the channels satisfy the specifications, or one of those is none. The message is the solver's. */
export class Unsolvable extends InstallError {}

/** @param {import("rattler-solver").SolvedPackage} found @returns {Solved} */
function plain(found) {
  const { packageName: name, filename: file, version, build, url } = found;
  const { subdir = "noarch", depends = [], sha256 = "", size = 0 } = found;
  const given = url.startsWith(GIVEN);
  found.free();
  return { name, version, build, subdir, depends, url, file, size: Number(size), sha256, given };
}
