// The types of items: formats of Python's struct module, NumPy's names for them, JavaScript's typed arrays.

/**
 * @typedef {Int8Array | Uint8Array | Uint8ClampedArray | Int16Array | Uint16Array | Int32Array | Uint32Array
 *   | Float32Array | Float64Array | BigInt64Array | BigUint64Array} TypedArray
 * @typedef {{new (buffer: ArrayBufferLike, offset?: number, length?: number): TypedArray,
 *   new (length: number): TypedArray, BYTES_PER_ELEMENT: number, name: string}} TypedArrayType
 * @typedef {object} Format the type of the items of a Python buffer
 * @property {string} dtype NumPy's name
 * @property {string} [type] a name of TYPES; none: no typed array has such items
 * @property {string} [reason] why there is no such array, and what to do
 * @property {boolean} littleEndian
 * @property {number} elements of the typed array in one item: 2 for complex numbers
 * @property {string} code the format without its byte order
 */

/** @type {any} */
const { Float16Array } = globalThis;

/** Type argument of getBuffer -> typed array. f16 is undefined in engines that have none. */
export const TYPES = /** @type {Record<string, any>} */ ({
  i8: Int8Array,
  u8: Uint8Array,
  u8clamped: Uint8ClampedArray,
  i16: Int16Array,
  u16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
  i64: BigInt64Array,
  u64: BigUint64Array,
  f16: Float16Array,
  f32: Float32Array,
  f64: Float64Array,
  dataview: DataView,
});

/** Name of a typed array's type -> format of Python's struct module. */
export const FORMATS = /** @type {Record<string, string>} */ ({
  Int8Array: "b",
  Uint8Array: "B",
  Uint8ClampedArray: "B",
  Int16Array: "h",
  Uint16Array: "H",
  Int32Array: "i",
  Uint32Array: "I",
  BigInt64Array: "q",
  BigUint64Array: "Q",
  Float16Array: "e",
  Float32Array: "f",
  Float64Array: "d",
});

// Signed and unsigned integers, floats. The same letter has other sizes with other prefixes: the item's size decides.
const KINDS = [
  { letters: "bhilqn", prefix: "i", dtype: "int" },
  { letters: "BHILQNPcsp", prefix: "u", dtype: "uint" },
  { letters: "efd", prefix: "f", dtype: "float" },
];

/**
 * @param {string} format of a buffer
 * @param {number} itemsize in bytes
 * @returns {Format}
 */
export function parseFormat(format, itemsize) {
  const code = format.replace(/^[@=<>!^]/, "");
  const littleEndian = !/^[>!]/.test(format) || itemsize === 1;
  const common = { code, littleEndian, elements: 1 };
  if (code === "?") return { ...common, dtype: "bool", type: "u8" };
  if (code === "Zf") return { ...common, dtype: "complex64", type: "f32", elements: 2 };
  if (code === "Zd") return { ...common, dtype: "complex128", type: "f64", elements: 2 };
  const kind = KINDS.find(({ letters }) => code.length === 1 && letters.includes(code));
  if (!kind || itemsize > 8) return { ...common, dtype: code, reason: refusal(code) };
  const bits = 8 * itemsize;
  const type = `${kind.prefix}${bits}`;
  const reason = TYPES[type] ? undefined :
    `Javascript has no Float16 support in this engine. Convert the array to float32, or take its bits with getBuffer("u16").`;
  return { ...common, dtype: `${kind.dtype}${bits}`, type, reason };
}

/** @param {string} code */
function refusal(code) {
  if (code.startsWith("T{")) {
    return `A record (format '${code}') fits no typed array. Take one field, such as a["x"], or getBuffer("dataview").`;
  }
  if (code.startsWith("O")) return "The items are references to Python objects, which mean nothing to JavaScript. Use toJs().";
  if (/^\d*[sw]$/.test(code)) return "The items are strings. Use toJs(), or getBuffer(\"u8\") for their characters.";
  if (/^Z?g$/.test(code)) return "JavaScript has no long double. Convert the array to float64.";
  return `No typed array has items of the format '${code}'. Convert the array, or use getBuffer("dataview").`;
}
