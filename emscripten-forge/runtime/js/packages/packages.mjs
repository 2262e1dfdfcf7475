// Decides which parts of packages to load, and loads them: mounts their files and compiles their modules ahead.

import { readTar } from "./archive.mjs";
import { LoadError } from "../errors.mjs";
import { Index, isSideModule } from "./bundle-index.mjs";
import { checkTogether } from "./inside.mjs";
import { LateFiles, readPart } from "./late-files.mjs";
import { Mounter } from "./mount.mjs";
import { forget, recall, remember } from "../fetch/cache-storage.mjs";
import { Snapshot } from "./snapshot.mjs";

/**
 * @typedef {import("../fetch/files.mjs").FileRecord} FileRecord
 * @typedef {import("./bundle-index.mjs").Unit} Unit
 * @typedef {import("../types/bootstrap.mjs").Lockfile} Lockfile
 *
 * builds: package -> its build.
 * @typedef {Lockfile & {format: number, python: string, builds: Record<string, string>, compressed: boolean, runtime: {glue: FileRecord, wasm: FileRecord},
 *            base: Record<string, FileRecord>, index: FileRecord, eager: string[], channels: string[],
 *            snapshots: SnapshotRecord[]}} Manifest
 *
 * imports: the modules that were imported; parts and modules: what that needed, by their numbers in the index.
 * @typedef {FileRecord & {imports: string[], parts: number[], modules: number[]}} SnapshotRecord
 *
 * loadPackage's description of a package.
 * @typedef {{name: string, version: string, fileName: string, packageType: "package"}} PackageData
 *
 * A fetched unit, not mounted yet. compiled: the module of a side module; kept: the part from a snapshot, instead of bytes.
 * @typedef {{unit: Unit, bytes: Uint8Array, compiled?: WebAssembly.Module, kept?: ReturnType<Snapshot["part"]>}} Fetched
 * @typedef {{path: string, bytes: Uint8Array, compiled?: WebAssembly.Module}} CompiledModule
 */

const decoder = new TextDecoder();

// Pyodide's name for the default origin of packages.
const BUNDLED = "default channel";

// A page's main thread refuses to compile or instantiate larger modules synchronously.
const LARGEST_AT_ONCE = 8 * 1024 * 1024;

/** @param {Uint8Array} bytes of a side module */
function isTooLarge(bytes) {
  return bytes.length > LARGEST_AT_ONCE && "document" in globalThis;
}

/**
 * The result of `use`; if it fails, the file is removed from the cache.
 * @template T
 * @param {string} url
 * @param {() => T | Promise<T>} use
 */
async function orForget(url, use) {
  try {
    return await use();
  } catch (error) {
    await forget(url);
    throw error;
  }
}

export class Packages {
  #files;
  #manifest;
  #prefix;
  /** @type {any} emscripten's, after attach */
  #module;
  /** @type {any} a Mounter, after attach */
  #mounter;
  #attach = () => {};
  /** @type {Promise<void>} fulfilled by attach */
  #attached = new Promise((resolve) => (this.#attach = resolve));
  /** @type {Promise<Index> | undefined} */
  #indexing;
  /** @type {Index | undefined} */
  #index;
  /** @type {Map<Unit, Promise<void>>} */
  #loading = new Map();
  /** @type {Set<Unit>} */
  #mounted = new Set();
  /** The snapshot that Python starts from. @type {SnapshotRecord | undefined} */
  snapshot;
  /** @type {Promise<Snapshot> | undefined} */
  #snapshot;
  /** Its bytes, if they have to be cached for the next visit. @type {Uint8Array | undefined} */
  #newBytes;
  /** Its units, a part with its number. @type {Map<Unit, number>} */
  #kept = new Map();
  /** @type {Record<string, string>} name -> where it is from */
  loaded = {};

  /**
   * @param {import("../fetch/files.mjs").Files} files
   * @param {Manifest} manifest
   * @param {string} prefix where their files are mounted
   */
  constructor(files, manifest, prefix) {
    this.#files = files;
    this.#manifest = manifest;
    this.#prefix = prefix;
    for (const name of this.#always) this.loaded[name] = BUNDLED;
  }

  /**
   * Mount what Python needs to start; from now on, what is fetched is mounted.
   * @param {any} module emscripten's
   * @param {Uint8Array[]} archives those of the manifest's base
   */
  attach(module, archives) {
    this.#module = module;
    this.#mounter = new Mounter(module.FS);
    for (const tar of archives) this.#mounter.mount(this.#prefix, readTar(tar));
    this.#attach();
  }

  get manifest() {
    return this.#manifest;
  }

  /** The packages that every interpreter has. */
  get #always() {
    return this.#closure(Object.keys(this.#manifest.base));
  }

  /** Name -> where it is from, without the packages that every interpreter has. */
  get loadedBesidesPython() {
    const always = this.#always;
    return Object.fromEntries(Object.entries(this.loaded).filter(([name]) => !always.includes(name)));
  }

  /** The index, fetched once; after a failure, the next call fetches it again. @returns {Promise<Index>} */
  index() {
    return (this.#indexing ??= this.#files.bytes(this.#manifest.index).then(
      (bytes) => this.#open(bytes),
      (error) => {
        this.#indexing = undefined;
        throw error;
      },
    ));
  }

  #indexNow() {
    return this.#index ?? this.#open(this.#files.bytesNow(this.#manifest.index));
  }

  /** @param {Uint8Array} bytes */
  #open(bytes) {
    if (this.#index) return this.#index;
    return (this.#index = new Index(JSON.parse(decoder.decode(bytes))));
  }

  // ---- dependencies ----

  /** These packages and their dependencies. @param {string[]} names */
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

  /** The packages that provide these top-level modules. @param {string[]} modules */
  providing(modules) {
    return Object.entries(this.#manifest.packages)
      .filter(([, { imports }]) => imports.some((name) => modules.includes(name)))
      .map(([name]) => name);
  }

  // ---- queries of py/_wasmforge_demand.py ----

  /** The package of each top-level module, "" if every interpreter has it; as "module:package …". */
  get owners() {
    return Object.entries(this.#manifest.packages)
      .flatMap(([name, { imports }]) => imports.map((top) => `${top}:${name in this.#manifest.base ? "" : name}`))
      .join(" ");
  }

  /**
   * Whether a library's optional import of a package succeeds: only if the package is loaded or is a declared dependency.
   * @param {string} library
   * @param {string} name
   */
  isFor(library, name) {
    return name in this.loaded || this.#closure([library]).includes(name);
  }

  get hasIndex() {
    return this.#index !== undefined;
  }

  /**
   * The package that has a module which is not loaded yet; "" if there is none.
   * @param {string} name
   */
  missing(name) {
    const found = this.#indexNow().forImport(name);
    if (found && this.#isForeign(found.package)) return "";
    return found?.units.some((unit) => !this.#mounted.has(unit)) ? found.package : "";
  }

  /** Whether a package was loaded from elsewhere. @param {string} name */
  #isForeign(name) {
    return (this.loaded[name] ?? BUNDLED) !== BUNDLED;
  }

  /**
   * Whether loadImportNow is acceptable: a whole package would block a page's main thread for too long.
   * @param {string} name of a package
   */
  mayLoadNow(name) {
    return this.#files.canFetchNow && (name in this.loaded || !("document" in globalThis));
  }

  // ---- loading ----

  /** Load what an import of a module needs. @param {string} name */
  async loadImport(name) {
    await this.#load((await this.index()).forImport(name)?.units ?? []);
  }

  /**
   * As loadImport, for several modules. Each can be imported as soon as its own files are loaded.
   * @param {string[]} names
   * @returns {Promise<PackageData[]>} the packages of which no part was loaded before
   */
  async loadImports(names) {
    const before = new Set(Object.keys(this.loaded));
    await Promise.all(names.map((name) => this.loadImport(name)));
    return Object.keys(this.loaded).filter((name) => !before.has(name)).map((name) => this.#describe(name));
  }

  /** As loadImport, synchronously. @param {string} name */
  loadImportNow(name) {
    const units = this.#indexNow().forImport(name)?.units ?? [];
    this.#mount(units.filter((unit) => !this.#mounted.has(unit)).map((unit) => this.#fetchNow(unit)));
  }

  // ---- a snapshot ----

  /** Choose the snapshot with most of these modules imported and no others. @param {string[]} imports */
  chooseSnapshot(imports) {
    const names = new Set(imports.flatMap((name) => withParents(name)));
    const fitting = this.#manifest.snapshots.filter((snapshot) => snapshot.imports.every((name) => names.has(name)));
    this.snapshot = fitting.sort((one, other) => other.imports.length - one.imports.length)[0];
  }

  /** Fetch the snapshot, and mount what it has imported. */
  async loadSnapshot() {
    const record = this.snapshot;
    if (!record) return;
    this.#snapshot = this.#fetchSnapshot(record);
    this.#snapshot.catch(() => {}); // reported where it is awaited
    const index = await this.index();
    for (const number of record.parts) this.#kept.set(index.parts[number], number);
    for (const number of record.modules) this.#kept.set(index.modules[number], number);
    await this.#load([...this.#kept.keys()]);
  }

  /** @param {SnapshotRecord} record */
  async #fetchSnapshot(record) {
    const url = this.#files.url(record.file);
    const known = await recall(url, record.size);
    const bytes = known ?? (await this.#files.compressible(record));
    if (!known) this.#newBytes = bytes;
    return orForget(url, () => new Snapshot(bytes, record.file));
  }

  /** Restore the snapshot instead of starting the interpreter. @returns {Promise<boolean>} whether there is one */
  async restoreSnapshot() {
    const { snapshot: record } = this;
    if (!record) return false;
    const snapshot = /** @type {Snapshot} */ (await this.#snapshot);
    const { FS } = this.#module;
    const url = this.#files.url(record.file);
    await orForget(url, () => snapshot.restore(this.#module, (path) => isTooLarge(FS.lookupPath(path).node.contents)));
    if (this.#newBytes) {
      const current = this.#manifest.snapshots.map(({ file }) => this.#files.url(file));
      remember(url, this.#newBytes, this.#files.url(""), current);
    }
    this.#newBytes = this.#snapshot = undefined; // their memory is large
    return true;
  }

  /** The rest of what every interpreter has. @returns {Promise<void>} */
  async loadBase() {
    await this.#load((await this.index()).unitsOf(Object.keys(this.#manifest.base)));
  }

  /**
   * Fetch whole packages without their dependencies.
   * @param {string[]} names
   * @returns {Promise<Fetched[]>} for `add`
   */
  async fetch(names) {
    const index = await this.index();
    const left = index.withNeeds(index.unitsOf(names)).filter((unit) => !this.#mounted.has(unit));
    return Promise.all(left.map((unit) => this.#fetch(unit)));
  }

  /** Mount what was fetched. @param {Fetched[]} fetched */
  async add(fetched) {
    await this.#instantiate(this.#mount(fetched));
  }

  /**
   * Check that packages from elsewhere can be mounted. Throws LoadError with package, path and reason.
   * @param {import("./inside.mjs").Package[]} packages
   */
  checkForeign(packages) {
    try {
      checkTogether(packages, (path) => this.#mounter.isObstacle(`${this.#prefix}/${path}`));
    } catch (cause) {
      throw new LoadError(/** @type {Error} */ (cause).message, { cause });
    }
  }

  /**
   * Mount a package from elsewhere. It replaces the bundle's package of the same name.
   * @param {string} name
   * @param {string} origin
   * @param {Iterable<import("./archive.mjs").Entry>} entries
   * @param {CompiledModule[]} modules
   */
  async addForeign(name, origin, entries, modules) {
    this.#mounter.mount(this.#prefix, entries);
    for (const module of modules) this.#mountModule(module);
    this.loaded[name] = origin;
    await this.#instantiate(modules);
  }

  /**
   * Load whole packages with their dependencies. Concurrent calls load each package once.
   * @param {string[]} names
   * @param {(names: string[]) => void} [starting] called with the packages that will be loaded
   * @returns {Promise<PackageData[]>} the packages that this call loads
   */
  async load(names, starting = () => {}) {
    const wanted = this.#closure(names).filter((name) => !(name in this.#manifest.base || this.#isForeign(name)));
    const fresh = wanted.filter((name) => !(name in this.loaded) && !this.#isLoading(name));
    if (fresh.length) starting(fresh);
    const index = await this.index();
    await this.#load(index.withNeeds(index.unitsOf(wanted)));
    for (const name of wanted) this.loaded[name] ??= BUNDLED; // a package may have no files
    return fresh.map((name) => this.#describe(name));
  }

  /** @param {string} name @returns {PackageData} */
  #describe(name) {
    const { version, file_name, package_type } = this.#manifest.packages[name];
    return { name, version, fileName: file_name, packageType: package_type };
  }

  /** @param {string} name */
  #isLoading(name) {
    return [...this.#loading.keys()].some((unit) => unit.package === name);
  }

  /** Fetch and mount units, all or none. @param {Unit[]} units */
  async #load(units) {
    const wanted = [...new Set(units)].filter((unit) => !this.#mounted.has(unit));
    const fresh = wanted.filter((unit) => !this.#loading.has(unit));
    if (fresh.length) {
      const work = Promise.all(fresh.map((unit) => this.#fetch(unit)))
        .then(async (fetched) => (await this.#attached, this.#mount(fetched)))
        .then((mounted) => this.#instantiate(mounted))
        .finally(() => fresh.forEach((unit) => this.#loading.delete(unit)));
      for (const unit of fresh) this.#loading.set(unit, work);
    }
    await Promise.all(wanted.map((unit) => this.#loading.get(unit)));
  }

  /** @param {Unit} unit @returns {Promise<Fetched>} */
  async #fetch(unit) {
    const number = this.#kept.get(unit);
    if (number !== undefined && !isSideModule(unit)) {
      const snapshot = await /** @type {Promise<Snapshot>} */ (this.#snapshot);
      return { unit, bytes: new Uint8Array(0), kept: snapshot.part(number) };
    }
    if (!isSideModule(unit)) return { unit, bytes: unit.archive ? await this.#files.compressible(unit.archive) : new Uint8Array(0) };
    const { module, bytes } = await this.#files.module(unit);
    return { unit, bytes, compiled: module };
  }

  /** @param {Unit} unit @returns {Fetched} */
  #fetchNow(unit) {
    const record = isSideModule(unit) ? unit : unit.archive;
    return { unit, bytes: record ? this.#files.bytesNow(record) : new Uint8Array(0) };
  }

  /** Instantiate large modules now: an import cannot wait for a promise. @param {CompiledModule[]} modules */
  async #instantiate(modules) {
    for (const { path, bytes } of modules) {
      if (isTooLarge(bytes)) await this.#module.loadLargeModule(`${this.#prefix}/${path}`, bytes);
    }
  }

  /** @param {Fetched[]} fetched @returns {CompiledModule[]} its side modules, ready to be instantiated */
  #mount(fetched) {
    const modules = [];
    for (const { unit, bytes, compiled, kept } of fetched) {
      if (this.#mounted.has(unit) || this.#isForeign(unit.package)) continue; // loaded by another call meanwhile
      if (isSideModule(unit)) {
        if (!this.#kept.has(unit)) modules.push({ path: unit.path, bytes, compiled });
        this.#mountModule({ path: unit.path, bytes, compiled });
      } else if (kept) {
        this.#mountKept(unit, kept);
      } else {
        this.#mountPart(unit, bytes);
      }
      this.#mounted.add(unit);
      this.loaded[unit.package] ??= BUNDLED;
    }
    return modules;
  }

  /** @param {CompiledModule} module */
  #mountModule({ path, bytes, compiled }) {
    const full = `${this.#prefix}/${path}`;
    this.#mounter.file(full, bytes, 0o755);
    if (compiled && !isTooLarge(bytes)) this.#module.offerCompiledModule(full, compiled);
  }

  /** @param {import("./bundle-index.mjs").Part} part @param {Uint8Array} tar */
  #mountPart(part, tar) {
    const { entries, late } = readPart(tar);
    this.#mounter.mount(this.#prefix, entries);
    this.#mountLate(part.late ?? [], late);
  }

  /** A part of the snapshot. @param {import("./bundle-index.mjs").Part} part @param {ReturnType<Snapshot["part"]>} kept */
  #mountKept({ archive, late = [] }, kept) {
    this.#mounter.mount(this.#prefix, kept.files);
    if (archive) this.#mountLate([archive, ...late], [kept.code, ...kept.late]);
  }

  /** @param {FileRecord[]} stores @param {import("./late-files.mjs").Place[][]} places in each of them */
  #mountLate(stores, places) {
    places.forEach((some, number) => {
      new LateFiles(this.#files, stores[number], some, this.#module.FS).mount(this.#mounter, this.#prefix);
    });
  }

  /** All packages, as in the bundle's pyodide-lock.json. @returns {Lockfile} */
  get lockfile() {
    const { info, packages } = this.#manifest;
    return { info, packages };
  }
}

/** A module's name, and those of the packages that it is in. @param {string} name */
function withParents(name) {
  const steps = name.split(".");
  return steps.map((_, index) => steps.slice(0, index + 1).join("."));
}
