// Which packages to load, and loading them: their files are mounted, their modules compiled ahead.

import { readTar } from "./archive.mjs";
import { LoadError } from "./errors.mjs";
import { LateFiles } from "./late.mjs";

/**
 * @typedef {import("./files.mjs").FileRecord} FileRecord
 * @typedef {{version: string, build: string, imports: string[], depends: string[],
 *            archive?: FileRecord, late?: import("./late.mjs").LateRecord, modules: (FileRecord & {path: string})[]}} PackageRecord
 * @typedef {{format: number, python: string, abi: string, runtime: {glue: FileRecord, wasm: FileRecord},
 *            channels?: string[], packages: Record<string, PackageRecord>}} Manifest
 *
 * What loadPackage tells of a package.
 * @typedef {{name: string, version: string, fileName: string, packageType: "package"}} PackageData
 *
 * A package whose files have come in but are not mounted yet.
 * @typedef {{name: string, tar: Uint8Array,
 *            modules: {path: string, module: WebAssembly.Module, bytes: Uint8Array}[]}} Fetched
 */

export const FORMAT = 1;
// What Pyodide calls the place that packages come from by default.
const BUNDLED = "default channel";
const ALWAYS = ["python", "wasmforge-runtime"];

// A page's main thread refuses to instantiate larger modules without waiting for a promise.
const LARGEST_AT_ONCE = 8 * 1024 * 1024;

export class Packages {
  #files;
  #manifest;
  /** @type {Map<string, Promise<void>>} */
  #loading = new Map();
  /** @type {LateFiles[]} */
  #late = [];
  /** @type {Promise<unknown> | null} */
  #fetchingLate = null;
  /** @type {Record<string, string>} name -> where it is from */
  loaded = {};

  /**
   * @param {import("./files.mjs").Files} files
   * @param {Manifest} manifest
   */
  constructor(files, manifest) {
    this.#files = files;
    this.#manifest = manifest;
  }

  get manifest() {
    return this.#manifest;
  }

  /** Name -> where it is from, without the packages that every interpreter has. */
  get loadedBesidesPython() {
    const always = this.initial([]);
    return Object.fromEntries(Object.entries(this.loaded).filter(([name]) => !always.includes(name)));
  }

  /** The packages that every interpreter needs, and these, and what they depend on. @param {string[]} names */
  initial(names) {
    return this.#closure([...ALWAYS.filter((name) => name in this.#manifest.packages), ...names]);
  }

  /** @param {string[]} names */
  #closure(names) {
    const found = new Set();
    const pending = [...names];
    for (let name; (name = pending.pop()); ) {
      if (found.has(name)) continue;
      const record = this.#manifest.packages[name];
      if (!record) {
        const known = Object.keys(this.#manifest.packages).join(", ");
        throw new LoadError(`No known package with name '${name}': this bundle has ${known}.`);
      }
      found.add(name);
      pending.push(...record.depends);
    }
    return [...found];
  }

  /** @param {string[]} names @returns {Promise<Fetched[]>} */
  fetch(names) {
    return Promise.all(names.map(async (name) => {
      const { archive, modules } = this.#manifest.packages[name];
      const [tar, ...compiled] = await Promise.all([
        archive ? this.#files.compressible(archive) : new Uint8Array(0),
        ...modules.map(async (record) => ({ path: record.path, ...(await this.#files.module(record)) })),
      ]);
      return { name, tar, modules: compiled };
    }));
  }

  /**
   * @param {Fetched[]} fetched
   * @param {import("./mount.mjs").Mounter} mounter
   * @param {any} module emscripten's
   * @param {string} prefix
   */
  async install(fetched, mounter, module, prefix) {
    for (const { name, tar, modules } of fetched) {
      mounter.mount(prefix, readTar(tar));
      const { late } = this.#manifest.packages[name];
      if (late) {
        const lateFiles = new LateFiles(this.#files.silently(), late, module.FS);
        lateFiles.mount(mounter, prefix);
        this.#late.push(lateFiles);
      }
      for (const { path, module: compiled, bytes } of modules) {
        const full = `${prefix}/${path}`;
        mounter.file(full, bytes, 0o755);
        if (bytes.length > LARGEST_AT_ONCE && "document" in globalThis) await module.loadLargeModule(full, bytes);
        else module.offerCompiledModule(full, compiled);
      }
      this.loaded[name] = BUNDLED;
    }
  }

  /** Fetch what was left for later, once. @returns {Promise<unknown>} */
  fetchLate() {
    return (this.#fetchingLate ??= Promise.all(this.#late.map((files) => files.fetch())));
  }

  /**
   * Load packages that are not loaded yet, each once even if asked for twice at a time.
   * @param {string[]} names
   * @param {(fetched: Fetched[]) => Promise<void>} install
   * @returns {Promise<PackageData[]>} those that this call loads
   */
  async load(names, install) {
    const wanted = this.#closure(names).filter((name) => !(name in this.loaded));
    const fresh = wanted.filter((name) => !this.#loading.has(name));
    if (fresh.length) {
      const work = this.fetch(fresh).then(install).finally(() => fresh.forEach((name) => this.#loading.delete(name)));
      for (const name of fresh) this.#loading.set(name, work);
    }
    // A package imports much of the standard library: better to wait for it here than in its import.
    await Promise.all([...wanted.map((name) => this.#loading.get(name)), this.fetchLate()]);
    return fresh.map((name) => {
      const { version, archive } = this.#manifest.packages[name];
      return { name, version, fileName: archive?.file ?? "", packageType: "package" };
    });
  }

  /** All packages, in the form of Pyodide's lock file. @returns {import("./types/bootstrap.mjs").Lockfile} */
  get lockfile() {
    /** @type {[string, import("./types/bootstrap.mjs").LockfilePackage][]} */
    const packages = Object.entries(this.#manifest.packages).map(([name, { version, archive, imports, depends }]) => [name, {
      name, version, imports, depends, file_name: archive?.file ?? "", sha256: archive?.sha256 ?? "", install_dir: "site", package_type: "package",
    }]);
    const { python, abi } = this.#manifest;
    return { info: { arch: "wasm32", platform: "emscripten", abi_version: abi, python, version: python }, packages: Object.fromEntries(packages) };
  }

  /** The packages that provide these top-level modules. @param {string[]} modules */
  providing(modules) {
    return Object.entries(this.#manifest.packages)
      .filter(([, { imports }]) => imports.some((name) => modules.includes(name)))
      .map(([name]) => name);
  }
}
