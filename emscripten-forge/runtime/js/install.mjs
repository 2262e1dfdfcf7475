// Installing packages from channels into the running interpreter. The solver and all that unpacks packages are in the
// package wasmforge-install, which is imported from the bundle when it is first needed; here is what it works on.

import { LoadError } from "./errors.mjs";
import { Mounter } from "./mount.mjs";

/**
 * @typedef {import("./packages.mjs").Fetched} Fetched
 * @typedef {{name: string, version: string, build: string, depends: string[], loaded: boolean}} Present
 * @typedef {{name: string, version: string, build: string, depends: string[], url: string,
 *            entries: import("./archive.mjs").Entry[],
 *            modules: {path: string, module: WebAssembly.Module, bytes: Uint8Array}[]}} Unpacked
 * @typedef {{phase: "solve" | "fetch" | "start", name: string, loaded: number, total: number}} InstallProgress
 * @typedef {object} InstallOptions
 * @property {string[]} [channels] their addresses, relative ones seen from the bundle; a package comes from the first
 *   that has its name; default: those the bundle was made with
 * @property {AbortSignal} [signal] ends it; nothing is installed then
 * @property {(progress: InstallProgress) => void} [onProgress]
 * @typedef {{name: string, version: string, build: string, subdir: string, channel: string | null}} Installed
 */

const PACKAGE = "wasmforge-install";
const ENTRY = "install/install.mjs";
// As loadPython mounts the bundle's packages.
const PREFIX = "";
// As packages.mjs: a page's main thread refuses to instantiate larger modules without waiting for a promise.
const LARGEST_AT_ONCE = 8 * 1024 * 1024;

export class Installer {
  #module;
  #bridge;
  #packages;
  #install;
  #base;
  #mounter;
  /** @type {Map<string, {version: string, build: string, depends: string[]}>} */
  #installed = new Map();
  /** The last call, since each must see what those before it installed. @type {Promise<unknown>} */
  #last = Promise.resolve();

  /**
   * @param {object} parts
   * @param {any} parts.module emscripten's
   * @param {import("./interpreter.mjs").Bridge} parts.bridge
   * @param {import("./packages.mjs").Packages} parts.packages
   * @param {(fetched: import("./packages.mjs").Fetched[]) => Promise<void>} parts.install
   * @param {URL} parts.base the bundle's folder
   */
  constructor({ module, bridge, packages, install, base }) {
    this.#module = module;
    this.#bridge = bridge;
    this.#packages = packages;
    this.#install = install;
    this.#base = base;
    this.#mounter = new Mounter(module.FS);
  }

  /**
   * @param {string[]} specs
   * @param {InstallOptions} [options]
   * @returns {Promise<Installed[]>}
   */
  async install(specs, { channels, signal, onProgress } = {}) {
    const addresses = this.#addresses(channels);
    const work = this.#last.then(async () => {
      const { install } = await this.#import();
      return install(this.#host(), specs, { channels: addresses, signal, onProgress });
    });
    this.#last = work.catch(() => {});
    return work;
  }

  /** @param {string[] | undefined} given */
  #addresses(given) {
    const channels = given ?? this.#packages.manifest.channels ?? [];
    if (!channels.length) {
      const advice = "give one, as install(specs, {channels: [address]})";
      throw new LoadError(`This bundle was made without a channel to install from: ${advice}.`);
    }
    return channels.map((channel) => new URL(channel.endsWith("/") ? channel : `${channel}/`, this.#base).href);
  }

  async #import() {
    if (!(PACKAGE in this.#packages.manifest.packages)) {
      const advice = `add ${PACKAGE} to the environment that it is made from`;
      throw new LoadError(`This bundle cannot install packages: ${advice}.`);
    }
    try {
      return await import(new URL(ENTRY, this.#base).href);
    } catch (cause) {
      const { message } = /** @type {Error} */ (cause);
      throw new LoadError(`${ENTRY} could not be imported (${message})`, { file: ENTRY, cause });
    }
  }

  /** What install.mjs of the package works on. */
  #host() {
    const { manifest } = this.#packages;
    return {
      python: manifest.python,
      present: () => this.#present(),
      wheels: () => this.#wheels(),
      fetch: (/** @type {string[]} */ names) => this.#fetch(names),
      add: (/** @type {Unpacked[]} */ packages, /** @type {Fetched[]} */ fetched) => this.#add(packages, fetched),
    };
  }

  /** @returns {Present[]} */
  #present() {
    const { loaded, manifest } = this.#packages;
    const bundled = Object.entries(manifest.packages).map(([name, { version, build, depends }]) => {
      return { name, version, build, depends, loaded: name in loaded };
    });
    const installed = Array.from(this.#installed, ([name, record]) => ({ name, ...record, loaded: true }));
    return [...bundled.filter(({ name }) => !this.#installed.has(name)), ...installed];
  }

  #wheels() {
    const { loaded, manifest } = this.#packages;
    const isWheel = (/** @type {string} */ name) => !(name in manifest.packages || this.#installed.has(name));
    return Object.fromEntries(Object.entries(loaded).filter(([name]) => isWheel(name)));
  }

  /** @param {string[]} names */
  async #fetch(names) {
    // A package imports much of the standard library: better to wait for it here than in its import.
    const [fetched] = await Promise.all([this.#packages.fetch(names), this.#packages.fetchLate()]);
    return fetched;
  }

  /**
   * Let Python see packages: those of channels, and those of the bundle that are not loaded yet.
   * @param {Unpacked[]} packages
   * @param {import("./packages.mjs").Fetched[]} fetched
   */
  async #add(packages, fetched) {
    const { loaded } = this.#packages;
    for (const { name, version, build, depends, url, entries, modules } of packages) {
      this.#mounter.mount(PREFIX, entries);
      for (const { path, bytes } of modules) this.#mounter.file(`${PREFIX}/${path}`, bytes, 0o755);
      this.#installed.set(name, { version, build, depends });
      loaded[name] = url;
    }
    // Where a large module needs a small one, that must be known first.
    const modules = packages.flatMap((one) => one.modules);
    const isLarge = (/** @type {{bytes: Uint8Array}} */ { bytes }) =>
      bytes.length > LARGEST_AT_ONCE && "document" in globalThis;
    for (const { path, module } of modules.filter((one) => !isLarge(one))) {
      this.#module.offerCompiledModule(`${PREFIX}/${path}`, module);
    }
    await this.#install(fetched.filter(({ name }) => !(name in loaded)));
    for (const { path, bytes } of modules.filter(isLarge)) {
      await this.#module.loadLargeModule(`${PREFIX}/${path}`, bytes);
    }
    this.#bridge.callFunction("_wasmforge", "packages_changed");
  }
}
