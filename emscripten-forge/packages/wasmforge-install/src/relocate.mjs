// Replaces the placeholder of the prefix in a package's files with the root, as scripts/wasmforge/bundle/prefix.py does for
// bundles.

const encoder = new TextEncoder();
const SLASH = 0x2f;

/**
 * @param {Uint8Array} bytes
 * @param {string} placeholder
 * @param {"text" | "binary"} [mode] binary: strings end in a zero byte and keep their length
 * @returns {Uint8Array}
 */
export function relocate(bytes, placeholder, mode = "text") {
  const old = encoder.encode(placeholder);
  if (mode === "text") return shorten(bytes, old);
  const result = new Uint8Array(bytes);
  for (let from = 0, at; (at = find(bytes, old, from)) >= 0; ) {
    const end = bytes.indexOf(0, at);
    if (end < 0) break;
    result.fill(0, at, end).set(shorten(bytes.subarray(at, end), old), at);
    from = end;
  }
  return result;
}

/** Turn each path below the old prefix into one below the root. @param {Uint8Array} bytes @param {Uint8Array} old */
function shorten(bytes, old) {
  const result = new Uint8Array(bytes.length);
  let from = 0;
  let to = 0;
  for (let at; (at = find(bytes, old, from)) >= 0; ) {
    result.set(bytes.subarray(from, at), to);
    to += at - from;
    result[to++] = SLASH;
    from = at + old.length;
    if (bytes[from] === SLASH) from++;
  }
  result.set(bytes.subarray(from), to);
  return result.subarray(0, to + bytes.length - from);
}

/** @param {Uint8Array} bytes @param {Uint8Array} wanted @param {number} from */
function find(bytes, wanted, from) {
  for (let at = from; (at = bytes.indexOf(wanted[0], at)) >= 0; at++) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}
