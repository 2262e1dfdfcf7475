// Files that are there when their package is, but whose contents come when one of them is first read: sources, which
// only tracebacks show, and data.

const EIO = 29;

/** The file of an archive that lists them, by store: JSON of [path, size] for each file. */
export const LATE = ".late.json";

export class LateFiles {
  #files;
  #record;
  #places;
  #FS;
  /** @type {(() => void)[]} */
  #fill = [];

  /**
   * @param {import("./files.mjs").Files} files
   * @param {import("./files.mjs").FileRecord} record of their contents, one after the other
   * @param {[path: string, size: number][]} places
   * @param {any} FS emscripten's file system
   */
  constructor(files, record, places, FS) {
    this.#files = files;
    this.#record = record;
    this.#places = places;
    this.#FS = FS;
  }

  /** @param {import("./mount.mjs").Mounter} mounter @param {string} prefix */
  mount(mounter, prefix) {
    let offset = 0;
    for (const [path, size] of this.#places) {
      this.#mountFile(mounter.file(`${prefix}/${path}`, new Uint8Array(0)), offset, size);
      offset += size;
    }
  }

  /** @param {any} node @param {number} offset @param {number} size */
  #mountFile(node, offset, size) {
    node.usedBytes = size;
    const give = (/** @type {Uint8Array} */ contents) =>
      Object.defineProperty(node, "contents", { value: contents, writable: true, enumerable: true, configurable: true });
    Object.defineProperty(node, "contents", {
      get: () => (this.#read(), node.contents),
      set: give, // overwritten before it was read
      enumerable: true,
      configurable: true,
    });
    this.#fill.push(() => {
      if (Object.getOwnPropertyDescriptor(node, "contents")?.get) give(this.#bytes.subarray(offset, offset + size));
    });
  }

  #bytes = new Uint8Array(0);

  #read() {
    try {
      this.#bytes = this.#files.bytesNow(this.#record);
    } catch (error) {
      // Python gets an OSError; what happened to which file is for the page's author.
      console.error(error);
      throw new this.#FS.ErrnoError(EIO);
    }
    for (const fill of this.#fill) fill();
    this.#fill = [];
  }
}
