// Files that are there from the start but whose contents come after it: what most programs import late or
// never. They are fetched in the background once Python runs; whoever reads one before waits for the rest.

/**
 * What the manifest says of them: one archive, and where in it each file lies.
 * @typedef {import("./files.mjs").FileRecord & {files: [path: string, offset: number, size: number][]}} LateRecord
 */

const EIO = 29;

export class LateFiles {
  #files;
  #record;
  #FS;
  /** @type {(() => void)[]} */
  #fill = [];
  /** @type {Uint8Array | null} */
  #bytes = null;

  /**
   * @param {import("./files.mjs").Files} files
   * @param {LateRecord} record
   * @param {any} FS emscripten's file system
   */
  constructor(files, record, FS) {
    this.#files = files;
    this.#record = record;
    this.#FS = FS;
  }

  /** @param {import("./mount.mjs").Mounter} mounter @param {string} prefix */
  mount(mounter, prefix) {
    for (const [path, offset, size] of this.#record.files) {
      const node = mounter.file(`${prefix}/${path}`, new Uint8Array(0));
      node.usedBytes = size;
      const give = (/** @type {Uint8Array} */ contents) =>
        Object.defineProperty(node, "contents", { value: contents, writable: true, enumerable: true, configurable: true });
      Object.defineProperty(node, "contents", {
        get: () => (this.#now(), node.contents),
        set: give, // overwritten before it was read
        enumerable: true,
        configurable: true,
      });
      this.#fill.push(() => {
        if (Object.getOwnPropertyDescriptor(node, "contents")?.get) give(/** @type {Uint8Array} */ (this.#bytes).subarray(offset, offset + size));
      });
    }
  }

  /** Fetch them now, in the background; where that fails, the first reader tries again. */
  async fetch() {
    try {
      this.#arrived(await this.#files.compressible(this.#record));
    } catch (error) {
      if (!this.#files.canFetchNow) throw error;
    }
  }

  #now() {
    if (this.#bytes) return;
    try {
      this.#arrived(this.#files.bytesNow(this.#record));
    } catch (error) {
      // Python gets an OSError; what happened to which file is for the page's author.
      console.error(error);
      throw new this.#FS.ErrnoError(EIO);
    }
  }

  /** @param {Uint8Array} bytes */
  #arrived(bytes) {
    if (this.#bytes) return;
    this.#bytes = bytes;
    for (const fill of this.#fill) fill();
    this.#fill = [];
  }
}
