// Reads tar archives. The contents of entries are views of the archive's buffer.

/**
 * @typedef {{path: string, type: "file" | "folder" | "link", mode: number, target: string, bytes: Uint8Array}} Entry
 */

const KINDS = /** @type {const} */ ({ 0: "file", 5: "folder", 2: "link" });
const decoder = new TextDecoder();

/**
 * The entries of a tar archive in POSIX's ustar or pax format.
 * @param {Uint8Array} tar
 * @returns {Generator<Entry>}
 */
export function* readTar(tar) {
  /** @type {Record<string, string>} */
  let extended = {};
  for (let at = 0; at + 512 <= tar.length && tar[at]; ) {
    const text = (/** @type {number} */ start, /** @type {number} */ length) => {
      const field = tar.subarray(at + start, at + start + length);
      const end = field.indexOf(0);
      return decoder.decode(end < 0 ? field : field.subarray(0, end));
    };
    const size = parseInt(text(124, 12), 8);
    const bytes = tar.subarray(at + 512, at + 512 + size);
    const kind = text(156, 1) || "0";
    const prefix = text(345, 155);
    if (kind === "x") {
      extended = readExtended(bytes);
    } else if (kind in KINDS) {
      yield {
        path: (extended.path ?? (prefix && prefix + "/") + text(0, 100)).replace(/\/$/, ""),
        type: KINDS[/** @type {keyof typeof KINDS} */ (/** @type {unknown} */ (kind))],
        mode: parseInt(text(100, 8), 8),
        target: extended.linkpath ?? text(157, 100),
        bytes,
      };
      extended = {};
    } else {
      throw new Error(`tar entry of unknown type ${kind}`);
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

/** Records of "length key=value\n". @param {Uint8Array} bytes */
function readExtended(bytes) {
  /** @type {Record<string, string>} */
  const records = {};
  for (let at = 0; at < bytes.length; ) {
    const length = parseInt(decoder.decode(bytes.subarray(at, at + 20)), 10);
    const record = decoder.decode(bytes.subarray(at, at + length - 1));
    const equals = record.indexOf("=");
    records[record.slice(record.indexOf(" ") + 1, equals)] = record.slice(equals + 1);
    at += length;
  }
  return records;
}
