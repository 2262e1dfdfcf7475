// The index of a bundle: in which parts its packages are sent, and what an import needs of them.

/**
 * @typedef {import("../fetch/files.mjs").FileRecord} FileRecord
 *
 * Modules that are sent together. needs and opens: the parts and side modules that importing them takes besides; parts
 * and side modules name each other by their places in the index.
 * @typedef {{package: string, modules: string[], archive?: FileRecord, late?: FileRecord[],
 *            needs: number[], opens: number[]}} Part
 *
 * A compiled module, or a library that such ones need, which has no name.
 * @typedef {FileRecord & {package: string, path: string, name?: string, needs: number[]}} SideModule
 *
 * What is fetched at once.
 * @typedef {Part | SideModule} Unit
 */

/** @param {Unit} unit @returns {unit is SideModule} */
export function isSideModule(unit) {
  return "path" in unit;
}

export class Index {
  parts;
  modules;
  /** @type {Map<string, Unit>} module -> what it is in */
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

  /** All that packages consist of. @param {Iterable<string>} packages @returns {Unit[]} */
  unitsOf(packages) {
    const wanted = new Set(packages);
    return [...this.parts, ...this.modules].filter((unit) => wanted.has(unit.package));
  }

  /** Units, and what importing them takes besides. @param {Unit[]} units @returns {Unit[]} */
  withNeeds(units) {
    return [...new Set(units.flatMap((unit) => (isSideModule(unit) ? this.#withLibraries([unit]) : this.#forPart(unit))))];
  }

  /**
   * What importing a module takes, what is needed first being first; undefined if the bundle has no such module.
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

  /** Side modules after the libraries that they need. @param {SideModule[]} modules */
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
