// Finds the packages that satisfy specs, with rattler's solver, which `wasmforge create` uses too, as WebAssembly.

import defineSolver from "rattler-solver";
import { retry } from "wasmforge-runtime/retry.mjs";
import { InstallError } from "./errors.mjs";
import { answering, GIVEN, Requests, solverFetch } from "./repodata.mjs";
import { describe, request } from "./requests.mjs";

/**
 * A package of a solution. given: whether it was loaded before.
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
 * Solve for an environment with these specs and the given packages, which stay as they are.
 * @param {string[]} specs
 * @param {string[]} channels addresses; a package comes from the first channel that has its name
 * @param {import("./repodata.mjs").Given[]} given
 * @param {AbortSignal} signal
 * @returns {Promise<{solved: Solved[], milliseconds: number}>} milliseconds: the time after the last response
 */
export async function solve(specs, channels, given, signal) {
  const { simpleSolve } = await startSolver(signal);
  const requests = new Requests(given, signal);
  // Pins are specs, too: the solver then asks for no other builds of these packages.
  const pins = given.map(({ name, version, build }) => `${name} ==${version} ${build}`);
  try {
    const work = () => simpleSolve([...specs, ...pins], [GIVEN, ...channels], PLATFORMS, []);
    const found = await answering(requests, work);
    const milliseconds = performance.now() - requests.answered;
    return { solved: found.map(plain).filter(({ name }) => !name.startsWith("__")), milliseconds };
  } catch (error) {
    signal.throwIfAborted();
    const reason = (error instanceof Error ? error.message : String(error)).trim();
    // The solver names only the folder of a missing index, and gives no reason for a failed request.
    const isNetwork = /^(could not find subdir|error sending request|.*http)/i.test(reason);
    if (isNetwork && requests.failure) {
      throw new InstallError(`no channel there: ${requests.failure}`, { cause: error });
    }
    throw new Unsolvable(reason, { cause: error });
  }
}

/** No packages of the channels satisfy the specs, or a spec is invalid. The message is the solver's. */
export class Unsolvable extends InstallError {}

/** @param {import("rattler-solver").SolvedPackage} found @returns {Solved} */
function plain(found) {
  const { packageName: name, filename: file, version, build, url } = found;
  const { subdir = "noarch", depends = [], sha256 = "", size = 0 } = found;
  const given = url.startsWith(GIVEN);
  found.free();
  return { name, version, build, subdir, depends, url, file, size: Number(size), sha256, given };
}
