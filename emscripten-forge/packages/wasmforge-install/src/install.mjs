// Installs packages from channels into a running interpreter: solves, downloads and checks, then adds all at once.

import { unpack } from "./conda.mjs";
import { download, together } from "./download.mjs";
import { InstallError } from "./errors.mjs";
import { solve, Unsolvable } from "./solver.mjs";

export { InstallError } from "./errors.mjs";

/**
 * A package of the bundle, or one that was installed before.
 * @typedef {{name: string, version: string, build: string, depends: string[], loaded: boolean}} Present
 *
 * @typedef {import("./conda.mjs").Contents & {
 *   name: string, version: string, build: string, depends: string[], url: string}} Unpacked
 *
 * The interpreter to install into (emscripten-forge/runtime/js/packages/install.mjs).
 * @typedef {object} Host
 * @property {string} python its version
 * @property {() => Present[]} present
 * @property {() => Record<string, string>} wheels name -> origin of the packages that were loaded as wheels
 * @property {(names: string[]) => Promise<unknown>} fetch fetches packages of the bundle
 * @property {(packages: Unpacked[], fetched: unknown) => Promise<void>} add makes unpacked and fetched packages importable
 *
 * @typedef {{phase: "solve" | "fetch" | "start", name: string, loaded: number, total: number}} Progress
 * @typedef {object} Options
 * @property {string[]} channels addresses
 * @property {AbortSignal} [signal]
 * @property {(progress: Progress) => void} [onProgress]
 *
 * @typedef {{name: string, version: string, build: string, subdir: string, channel: string | null}} Installed
 */

/**
 * Install packages with their dependencies, all or none.
 * @param {Host} host
 * @param {string[]} specs conda's match specs, such as "pandas>=3"
 * @param {Options} options
 * @returns {Promise<Installed[]>} the newly installed packages; channel: null for a package of the bundle
 */
export async function install(host, specs, { channels, signal = new AbortController().signal, onProgress = () => {} }) {
  const present = host.present();
  onProgress({ phase: "solve", name: specs.join(", "), loaded: 0, total: 0 });
  const solved = await solveBeside(present, specs, channels, signal);
  const wheels = host.wheels();
  for (const { name } of solved) {
    if (name in wheels) {
      const advice = "load Python anew, and install this before any wheel";
      throw new InstallError(`${name} is there from ${wheels[name]}: ${advice}`);
    }
  }
  const isBundled = (/** @type {Solved} */ one) => present.some((other) => !other.loaded && isSame(one, other));
  const bundled = solved.filter(isBundled);
  const fresh = solved.filter((one) => !isBundled(one));
  const [fetched, packages] = await Promise.all([
    host.fetch(bundled.map(({ name }) => name)),
    together(fresh, signal, async (record, signal) => {
      const bytes = await download(record, signal, (loaded) => {
        onProgress({ phase: "fetch", name: record.file, loaded, total: record.size });
      });
      const { name, version, build, depends, url } = record;
      return { name, version, build, depends, url, ...(await unpack(record.file, bytes, host.python)) };
    }),
  ]);
  signal.throwIfAborted();
  onProgress({ phase: "start", name: specs.join(", "), loaded: 0, total: 0 });
  await host.add(packages, fetched);
  return solved.map(({ name, version, build, subdir, url }) => {
    const isOfBundle = bundled.some((other) => other.name === name);
    const channel = isOfBundle ? null : url.slice(0, url.lastIndexOf(`/${subdir}/`) + 1);
    return { name, version, build, subdir, channel };
  }).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @typedef {import("./solver.mjs").Solved} Solved */

/** @typedef {{name: string, version: string, build: string}} Build */

/** @param {Build} one @param {Build} other */
function isSame(one, other) {
  return one.name === other.name && one.version === other.version && one.build === other.build;
}

/**
 * Solve with the loaded packages kept as they are; return only the additions.
 * @param {Present[]} present
 * @param {string[]} specs
 * @param {string[]} channels
 * @param {AbortSignal} signal
 */
async function solveBeside(present, specs, channels, signal) {
  const loaded = present.filter((one) => one.loaded);
  try {
    const { solved, milliseconds } = await solve(specs, channels, loaded, signal);
    performance.measure("wasmforge-install solve", { start: performance.now() - milliseconds, duration: milliseconds });
    return solved.filter((one) => !one.given);
  } catch (error) {
    if (!(error instanceof Unsolvable)) throw error;
    const message = `no packages satisfy ${specs.join(", ")}:\n${error.message}`;
    throw (await conflict(loaded, specs, channels, signal)) ?? new InstallError(message, { cause: error });
  }
}

/**
 * The error for specs that only a new interpreter can satisfy; null if none can.
 * @param {Present[]} loaded
 * @param {string[]} specs
 * @param {string[]} channels
 * @param {AbortSignal} signal
 */
async function conflict(loaded, specs, channels, signal) {
  const solution = await solve(specs, channels, [], signal).catch((error) => {
    if (error instanceof Unsolvable) return null;
    throw error;
  });
  const changes = (solution?.solved ?? []).flatMap((one) => {
    const now = loaded.find(({ name }) => name === one.name);
    return now && !isSame(one, now) ? [`${label(now)} is loaded, and would have to be ${label(one)}`] : [];
  });
  if (!changes.length) return null;
  const what = `${specs.join(", ")} cannot be installed beside what is loaded: ${changes.join("; ")}`;
  return new InstallError(`${what}. Load Python anew, and install this first.`);
}

/** @param {Build} one */
function label({ name, version, build }) {
  return `${name} ${version} ${build}`;
}
