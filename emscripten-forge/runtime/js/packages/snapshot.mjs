// A snapshot: the state of an interpreter after some imports, from which later ones start (docs/how-to/snapshot.md).
//
// The file has a number of four bytes, the length of the JSON that follows (Contents), then the memory that is not
// zero, then the data files of the parts that were imported.

import { LoadError } from "../errors.mjs";

/**
 * A part of a package whose modules are imported, so that most of its files are never read. data: files in the snapshot,
 * with their offsets; code: files in the part's archive; late: the files in its further stores.
 * @typedef {import("./late-files.mjs").Place} Place
 * @typedef {{data: [path: string, size: number, offset: number][], code: Place[], late: Place[][]}} KeptPart
 *
 * linkage: see describeLinkage in library.js; runs: of memory, [address, length]; parts: by their numbers in the index.
 * @typedef {{linkage: object, memory: number, runs: [number, number][], parts: Record<number, KeptPart>}} Contents
 */

const BLOCK = 4096; // blocks of this size that are all zero are left out

export class Snapshot {
  /** @type {Contents} */
  #contents;
  #bytes;
  #file;

  /** @param {Uint8Array} bytes @param {string} file its name */
  constructor(bytes, file) {
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    try {
      this.#contents = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
    } catch (cause) {
      throw unusable(file, cause);
    }
    this.#bytes = bytes.subarray(4 + length);
    this.#file = file;
  }

  /**
   * A part's files in the snapshot, and the places of the others.
   * @param {number} number in the index
   */
  part(number) {
    const { data, code, late } = this.#contents.parts[number];
    const files = data.map(([path, size, offset]) => ({
      // A copy, so that the rest of the snapshot can be freed.
      path, type: /** @type {const} */ ("file"), mode: 0o644, target: "", bytes: this.#bytes.slice(offset, offset + size),
    }));
    return { files, code, late };
  }

  /**
   * Restore the state into an interpreter that has not started.
   * @param {any} module emscripten's, in whose file system the side modules are
   * @param {(path: string) => boolean} isLarge whether a side module has to be instantiated asynchronously
   */
  async restore(module, isLarge) {
    const { linkage, memory, runs } = this.#contents;
    try {
      await module.restoreLinkage(linkage, memory, isLarge);
    } catch (cause) {
      throw unusable(this.#file, cause);
    }
    const { HEAPU8 } = module;
    let end = 0, from = 0;
    for (const [start, length] of runs) {
      HEAPU8.fill(0, end, start);
      HEAPU8.set(this.#bytes.subarray(from, from + length), start);
      end = start + length;
      from += length;
    }
    HEAPU8.fill(0, end, memory);
  }
}

/** @param {string} file @param {unknown} cause */
function unusable(file, cause) {
  return new LoadError(`${file} could not be used (${/** @type {Error} */ (cause).message})`, { file, cause });
}

/**
 * Take a snapshot.
 * @param {any} module emscripten's
 * @param {object} linkage from the module's describeLinkage
 * @param {{number: number, files: import("./archive.mjs").Entry[], code: Place[], late: KeptPart["late"]}[]} parts
 * @returns {Uint8Array}
 */
export function take({ HEAPU8: heap }, linkage, parts) {
  /** @type {Contents} */
  const contents = { linkage, memory: heap.length, runs: [], parts: {} };
  /** @type {Uint8Array[]} */
  const pieces = [];
  let size = 0;
  const add = (/** @type {Uint8Array} */ piece) => {
    pieces.push(piece);
    size += piece.length;
    return size - piece.length;
  };
  for (const [start, end] of filled(heap)) {
    contents.runs.push([start, end - start]);
    add(heap.subarray(start, end));
  }
  for (const { number, files, code, late } of parts) {
    contents.parts[number] = { data: files.map(({ path, bytes }) => [path, bytes.length, add(bytes)]), code, late };
  }
  const text = new TextEncoder().encode(JSON.stringify(contents));
  const bytes = new Uint8Array(4 + text.length + size);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  let at = 4;
  for (const piece of [text, ...pieces]) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** The ranges of memory that are not zero. @param {Uint8Array} heap @returns {Generator<[number, number]>} */
function* filled(heap) {
  const words = new BigUint64Array(heap.buffer, heap.byteOffset, heap.length / 8);
  let start = -1;
  for (let at = 0; at < heap.length; at += BLOCK) {
    const empty = words.subarray(at / 8, (at + BLOCK) / 8).every((word) => word === 0n);
    if (!empty && start < 0) start = at;
    if (empty && start >= 0) {
      yield [start, at];
      start = -1;
    }
  }
  if (start >= 0) yield [start, heap.length];
}
