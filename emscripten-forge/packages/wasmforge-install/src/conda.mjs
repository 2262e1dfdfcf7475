// Unpacks a .conda file: a zip of two tar archives, info-*.tar.zst and pkg-*.tar.zst.

import { unzipSync } from "fflate";
import { decompress } from "fzstd";
import { readTar } from "wasmforge-runtime/archive.mjs";
import { checked, pathFault } from "wasmforge-runtime/inside.mjs";
import { InstallError } from "./errors.mjs";
import { relocate } from "./relocate.mjs";

/**
 * @typedef {import("wasmforge-runtime/archive.mjs").Entry} Entry
 * @typedef {{path: string, compiled: WebAssembly.Module, bytes: Uint8Array}} SideModule
 * @typedef {{entries: Entry[], modules: SideModule[]}} Contents
 * @typedef {{_path: string, prefix_placeholder?: string, file_mode?: "text" | "binary"}} PathRecord
 */

const excluded = new RegExp(EXCLUDED, "s");
const decoder = new TextDecoder();
const BYTECODE_HEADER = 16;
const WASM = 0x6d736100; // "\0asm", read as a little-endian number

/**
 * Unpack a package for a prefix that is mounted at the root, without the files that bundles leave out.
 * @param {string} file its name
 * @param {Uint8Array} archive
 * @param {string} python the version of the interpreter, such as "3.13.15"
 * @returns {Promise<Contents>}
 */
export async function unpack(file, archive, python) {
  try {
    if (!file.endsWith(".conda")) throw new Error("only packages in the format .conda can be installed in a page");
    const parts = unzipSync(archive);
    const info = readInfo(part(parts, "info-"));
    const place = info.isPython ? inPrefix(python) : (/** @type {string} */ path) => path;
    /** @type {Contents} */
    const contents = { entries: [], modules: [] };
    for (const entry of checked(readTar(part(parts, "pkg-")))) {
      const path = place(entry.path);
      if (excluded.test(path)) continue;
      const record = info.relocated.get(entry.path);
      const bytes = record ? relocate(entry.bytes, record.prefix_placeholder, record.file_mode) : entry.bytes;
      const placed = { ...entry, path, bytes };
      if (path.endsWith(".pyc")) skipSourceCheck(bytes);
      if (isModule(placed)) contents.modules.push({ path, bytes, compiled: await compile(placed) });
      else contents.entries.push(placed);
    }
    return contents;
  } catch (cause) {
    throw new InstallError(`${file} cannot be installed: ${/** @type {Error} */ (cause).message}`, { cause });
  }
}

/** @param {Record<string, Uint8Array>} parts @param {string} start of its name */
function part(parts, start) {
  const name = Object.keys(parts).find((name) => name.startsWith(start) && name.endsWith(".tar.zst"));
  if (!name) throw new Error(`it has no ${start}*.tar.zst`);
  return decompress(parts[name]);
}

/** @param {Uint8Array} tar */
function readInfo(tar) {
  const files = new Map(Array.from(readTar(tar), ({ path, bytes }) => [path, bytes]));
  const json = (/** @type {string} */ path) => {
    const bytes = files.get(path);
    return bytes && JSON.parse(decoder.decode(bytes));
  };
  /** @type {PathRecord[]} */
  const paths = json("info/paths.json")?.paths ?? [];
  /** @type {[string, Required<PathRecord>][]} */
  const relocated = paths.flatMap(({ _path, prefix_placeholder, file_mode = "text" }) => {
    const fault = pathFault(_path);
    if (fault) throw new Error(`its list of files has ${JSON.stringify(_path)}: ${fault}`);
    return prefix_placeholder ? [[_path, { _path, prefix_placeholder, file_mode }]] : [];
  });
  return {
    isPython: json("info/link.json")?.noarch?.type === "python",
    relocated: new Map(relocated),
  };
}

/** Maps the paths of a noarch Python package to their places in the prefix. @param {string} python */
function inPrefix(python) {
  const [major, minor] = python.split(".");
  return (/** @type {string} */ path) =>
    path.replace(/^site-packages\//, `lib/python${major}.${minor}/site-packages/`).replace(/^python-scripts\//, "bin/");
}

/**
 * Make bytecode valid for any time of its source (PEP 552: an unchecked hash): installing sets a new time.
 * @param {Uint8Array} pyc
 */
function skipSourceCheck(pyc) {
  if (pyc.length < BYTECODE_HEADER || pyc.subarray(4, 8).some(Boolean)) return;
  pyc[4] = 1;
  pyc.fill(0, 8, BYTECODE_HEADER);
}

/** @param {Entry} entry */
function isModule({ path, type, bytes }) {
  if (type !== "file" || !path.endsWith(".so") || bytes.length < 8) return false;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) === WASM;
}

/** @param {Entry} entry */
function compile({ path, bytes }) {
  return WebAssembly.compile(/** @type {Uint8Array<ArrayBuffer>} */ (bytes)).catch((cause) => {
    throw new Error(`its ${path} cannot be compiled (${cause.message})`, { cause });
  });
}
