// The index of a bundle: the parts that its packages are sent in, and which of them an import needs.

/**
 * @typedef {import("../fetch/files.mjs").FileRecord} FileRecord
 *
 * Modules that are sent together. needs and opens: the further parts and side modules that an import of them needs, by
 * their positions in the index.
 * @typedef {{package: string, modules: string[], archive?: FileRecord, late?: FileRecord[],
 *            needs: number[], opens: number[]}} Part
 *
 * A compiled module, or a library that compiled modules need, which has no name.
 * @typedef {FileRecord & {package: string, path: string, name?: string, needs: number[]}} SideModule
 *
 * A unit of fetching.
 * @typedef {Part | SideModule} Unit
 */

/** @param {Unit} unit @returns {unit is SideModule} */
export function isSideModule(unit) {
  return "path" in unit;
}

export class Index {
  parts;
  modules;
  /** @type {Map<string, Unit>} module -> the unit that contains it */
  #byName = new Map();

  /** @param {{parts: Part[], modules: SideModule[]}} data */
  constructor({ parts, modules }) {
    this.parts = parts;
    this.modules = modules;
    for (const part of parts) {
      for (const name of part.modules) if (!this.#byName.has(name)) this.#byName.set(name, part);
    }
    for (const module of modules) if (module.name) this.#byName.set(module.name, module);
  }

  /** All units of packages. @param {Iterable<string>} packages @returns {Unit[]} */
  unitsOf(packages) {
    const wanted = new Set(packages);
    return [...this.parts, ...this.modules].filter((unit) => wanted.has(unit.package));
  }

  /** Units, and what an import of them needs. @param {Unit[]} units @returns {Unit[]} */
  withNeeds(units) {
    return [...new Set(units.flatMap((unit) => (isSideModule(unit) ? this.#withLibraries([unit]) : this.#forPart(unit))))];
  }

  /**
   * What an import of a module needs, dependencies first; undefined if the bundle has no such module.
   * @param {string} name
   * @returns {{package: string, units: Unit[]} | undefined}
   */
  forImport(name) {
    const unit = this.#byName.get(name);
    if (!unit) return undefined;
    return { package: unit.package, units: this.withNeeds([unit]) };
  }

  /** @param {Part} part @returns {Unit[]} */
  #forPart(part) {
    const opened = part.opens.map((number) => this.modules[number]);
    return [...part.needs.map((number) => this.parts[number]), part, ...this.#withLibraries(opened)];
  }

  /** Side modules, each after the libraries that it needs. @param {SideModule[]} modules */
  #withLibraries(modules) {
    /** @type {Set<SideModule>} */
    const found = new Set();
    const add = (/** @type {SideModule} */ module) => {
      if (found.has(module)) return;
      for (const number of module.needs) add(this.modules[number]);
      found.add(module);
    };
    modules.forEach(add);
    return [...found];
  }
}
