// The path of a prefix in a package's files is a placeholder; here it becomes the root's, as
// scripts/wasmforge/prefix.py does for a bundle.

const encoder = new TextEncoder();
const SLASH = 0x2f;

/**
 * @param {Uint8Array} bytes
 * @param {string} placeholder
 * @param {"text" | "binary"} [mode] binary: strings that end in a zero byte keep their length
 * @returns {Uint8Array}
 */
export function relocate(bytes, placeholder, mode = "text") {
  const old = encoder.encode(placeholder);
  const result = new Uint8Array(bytes.length);
  let from = 0;
  let to = 0;
  let missing = 0; // bytes of the current string
  /** @param {number} end */
  const copy = (end) => {
    result.set(bytes.subarray(from, end), to);
    to += end - from;
    from = end;
  };
  for (let at; (at = find(bytes, old, from)) >= 0; ) {
    if (mode === "binary" && missing) pad(at);
    copy(at);
    result[to++] = SLASH;
    from = at + old.length + (bytes[at + old.length] === SLASH ? 1 : 0);
    missing += from - at - 1;
  }
  if (mode === "text") {
    copy(bytes.length);
    return result.subarray(0, to);
  }
  if (missing) pad(bytes.length);
  copy(bytes.length);
  return result;

  /** Put zeros behind a string that got shorter, if it ends before there. @param {number} limit */
  function pad(limit) {
    const end = bytes.indexOf(0, from);
    if (end < 0 || end >= limit) return;
    copy(end);
    to += missing; // zeros already
    missing = 0;
  }
}

/** @param {Uint8Array} bytes @param {Uint8Array} wanted @param {number} from */
function find(bytes, wanted, from) {
  for (let at = from; (at = bytes.indexOf(wanted[0], at)) >= 0; at++) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}
