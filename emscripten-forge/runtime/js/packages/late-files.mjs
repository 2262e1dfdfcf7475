// Late files: they exist as soon as their package is mounted, but their contents are fetched when one of them is first
// read. These are sources, which only tracebacks show, and data.

import { readTar } from "./archive.mjs";

const EIO = 29;

/** The file of an archive that lists them: for each store, JSON of a [path, size] for each file. */
const LATE = ".late.json";

const decoder = new TextDecoder();

/**
 * A file in a store: its path, size and offset; default for the offset: the end of the previous file.
 * @typedef {[path: string, size: number, offset?: number]} Place
 */

/**
 * Read a part's archive: its own entries, and the places of its late files, by store.
 * @param {Uint8Array} tar
 * @returns {{entries: import("./archive.mjs").Entry[], late: Place[][]}}
 */
export function readPart(tar) {
  const all = [...readTar(tar)];
  const list = all.find(({ path }) => path === LATE);
  return { entries: all.filter((entry) => entry !== list), late: list ? JSON.parse(decoder.decode(list.bytes)) : [] };
}

export class LateFiles {
  #files;
  #record;
  #places;
  #FS;
  /** @type {(() => void)[]} */
  #fill = [];

  /**
   * @param {import("../fetch/files.mjs").Files} files
   * @param {import("../fetch/files.mjs").FileRecord} record of their contents
   * @param {Place[]} places
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
    let end = 0;
    for (const [path, size, offset = end] of this.#places) {
      this.#mountFile(mounter.file(`${prefix}/${path}`, new Uint8Array(0)), offset, size);
      end = offset + size;
    }
  }

  /** @param {any} node @param {number} offset @param {number} size */
  #mountFile(node, offset, size) {
    node.usedBytes = size;
    const give = (/** @type {Uint8Array} */ contents) =>
      Object.defineProperty(node, "contents", { value: contents, writable: true, enumerable: true, configurable: true });
    Object.defineProperty(node, "contents", {
      get: () => (this.#read(), node.contents),
      set: give, // the program overwrites the file before it reads it
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
      // Python gets an OSError without details, so the console gets them.
      console.error(error);
      throw new this.#FS.ErrnoError(EIO);
    }
    for (const fill of this.#fill) fill();
    this.#fill = [];
  }
}
