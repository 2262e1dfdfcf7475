// Installs packages from channels into the running interpreter. The solver and the unpacking are in the package
// wasmforge-install, which is imported from the bundle at the first call; this module gives it access to the interpreter.

import { LoadError } from "../errors.mjs";

/**
 * @typedef {import("./packages.mjs").Fetched} Fetched
 * @typedef {{name: string, version: string, build: string, depends: string[], loaded: boolean}} Present
 * @typedef {{name: string, version: string, build: string, depends: string[], url: string,
 *            entries: import("./archive.mjs").Entry[],
 *            modules: import("./packages.mjs").CompiledModule[]}} Unpacked
 * @typedef {{phase: "solve" | "fetch" | "start", name: string, loaded: number, total: number}} InstallProgress
 * @typedef {object} InstallOptions
 * @property {string[]} [channels] addresses, absolute or relative to the bundle; a package comes from the first channel
 *   that has its name; default: the channels the bundle was made with
 * @property {AbortSignal} [signal] cancels the installation: nothing is installed then
 * @property {(progress: InstallProgress) => void} [onProgress]
 * @typedef {{name: string, version: string, build: string, subdir: string, channel: string | null}} Installed
 */

const PACKAGE = "wasmforge-install";
const ENTRY = "install/install.mjs";

export class Installer {
  #bridge;
  #packages;
  #base;
  /** @type {Map<string, {version: string, build: string, depends: string[]}>} */
  #installed = new Map();
  /** The last call: the next one starts after it, to see what it installed. @type {Promise<unknown>} */
  #last = Promise.resolve();

  /**
   * @param {object} parts
   * @param {import("../interpreter/interpreter.mjs").Bridge} parts.bridge
   * @param {import("./packages.mjs").Packages} parts.packages
   * @param {URL} parts.base the bundle's folder
   */
  constructor({ bridge, packages, base }) {
    this.#bridge = bridge;
    this.#packages = packages;
    this.#base = base;
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

  /** The interpreter, for wasmforge-install's install.mjs. */
  #host() {
    const { manifest } = this.#packages;
    return {
      python: manifest.python,
      present: () => this.#present(),
      wheels: () => this.#wheels(),
      fetch: (/** @type {string[]} */ names) => this.#packages.fetch(names),
      add: (/** @type {Unpacked[]} */ packages, /** @type {Fetched[]} */ fetched) => this.#add(packages, fetched),
    };
  }

  /** @returns {Present[]} */
  #present() {
    const { loaded, manifest } = this.#packages;
    const bundled = Object.entries(manifest.packages).map(([name, { version, depends }]) => {
      return { name, version, build: manifest.builds[name], depends, loaded: name in loaded };
    });
    const installed = Array.from(this.#installed, ([name, record]) => ({ name, ...record, loaded: true }));
    return [...bundled.filter(({ name }) => !this.#installed.has(name)), ...installed];
  }

  #wheels() {
    const { loaded, manifest } = this.#packages;
    const isWheel = (/** @type {string} */ name) => !(name in manifest.packages || this.#installed.has(name));
    return Object.fromEntries(Object.entries(loaded).filter(([name]) => isWheel(name)));
  }

  /**
   * Make packages importable: unpacked ones from channels, and fetched ones of the bundle.
   * @param {Unpacked[]} packages
   * @param {import("./packages.mjs").Fetched[]} fetched
   */
  async #add(packages, fetched) {
    this.#packages.checkForeign(packages.map((one) => ({ ...one, label: one.url.slice(one.url.lastIndexOf("/") + 1) })));
    for (const { name, version, build, depends, url, entries, modules } of packages) {
      this.#installed.set(name, { version, build, depends });
      await this.#packages.addForeign(name, url, entries, modules);
    }
    await this.#packages.add(fetched);
    this.#bridge.callFunction("_wasmforge", "packages_changed");
  }
}
