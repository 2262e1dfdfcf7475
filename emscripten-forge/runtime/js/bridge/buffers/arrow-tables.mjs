// Describes tables of the npm package apache-arrow to Python, which builds data frames from them (py/pyodide/arrow/).

import { formatOf, isDictionary, KEYS_SORTED, NULLABLE, ORDERED } from "./arrow-types.mjs";

/**
 * A description as core/arrow.c reads it: arrays become tuples, undefined becomes None. Buffers are typed arrays.
 * @typedef {any[]} Description
 */

/** Encode apache-arrow's Map of metadata for the C data interface. @param {Map<string, string>} [metadata] */
function encodeMetadata(metadata) {
  if (!metadata?.size) return undefined;
  const encoder = new TextEncoder();
  const texts = [...metadata].flat().map((text) => encoder.encode(text));
  const bytes = new Uint8Array(texts.reduce((size, text) => size + 4 + text.length, 4));
  const view = new DataView(bytes.buffer);
  view.setInt32(0, metadata.size, true);
  let at = 4;
  for (const text of texts) {
    view.setInt32(at, text.length, true);
    bytes.set(text, at + 4);
    at += 4 + text.length;
  }
  return bytes;
}

/** @param {any} field @returns {Description} */
function describeField({ name, type, nullable, metadata }) {
  const dictionary = isDictionary(type);
  const flags = (nullable ? NULLABLE : 0) | (dictionary && type.isOrdered ? ORDERED : 0) | (type.keysSorted ? KEYS_SORTED : 0);
  const format = formatOf(dictionary ? type.indices : type, name);
  const children = dictionary ? [] : (type.children ?? []).map(describeField);
  const values = dictionary ? describeField({ name: "", type: type.dictionary, nullable: true }) : undefined;
  return [format, name, encodeMetadata(metadata), flags, children, values];
}

/** @param {any} array a typed array */
const bytesOf = (array) =>
  array ? new Uint8Array(array.buffer, array.byteOffset, array.byteLength) : new Uint8Array(0);

/** Return the bits from bit `offset` on. @param {Uint8Array} bits @param {number} offset @param {number} length */
function shiftBits(bits, offset, length) {
  const start = offset >>> 3;
  const shift = offset & 7;
  const bytes = bits.subarray(start, (offset + length + 7) >>> 3);
  if (shift === 0) return bytes;
  return Uint8Array.from({ length: (length + 7) >>> 3 }, (_, index) =>
    (bytes[index] >>> shift) | ((bytes[index + 1] ?? 0) << (8 - shift)));
}

/** Return all buffers except the validity bitmap, in the order of the C data interface. @param {any} data */
function buffersOf({ type, values, valueOffsets, variadicBuffers, offset, length }) {
  switch (formatOf(isDictionary(type) ? type.indices : type, "")[0]) {
    case "n":
      return [];
    case "b":
      return [shiftBits(bytesOf(values), offset, length)];
    case "u": case "U": case "z": case "Z":
      return [bytesOf(valueOffsets), bytesOf(values)];
    case "v":
      return [bytesOf(values), ...variadicBuffers.map(bytesOf), sizesOf(variadicBuffers)];
    case "+":
      return valueOffsets ? [bytesOf(valueOffsets)] : [];
    default:
      return [bytesOf(values)];
  }
}

/** @param {ArrayLike<Uint8Array>} buffers */
const sizesOf = (buffers) => bytesOf(BigInt64Array.from(Array.from(buffers, ({ length }) => BigInt(length))));

/**
 * Describe one array. apache-arrow slices the values of an array, but not its bitmaps: shift those here.
 * @param {any} data
 * @param {string} name the column's name, for errors
 * @returns {Description}
 */
function describeData(data, name) {
  const { type, length, nullCount, offset, nullBitmap, children, dictionary } = data;
  const hasNulls = nullCount > 0 && nullBitmap?.length > 0;
  const validity = hasNulls ? shiftBits(bytesOf(nullBitmap), offset, length) : undefined;
  const buffers = type.typeId === 1 ? [] : [validity, ...buffersOf(data)];
  const nested = isDictionary(type) ? [] : children.map((/** @type {any} */ child) => describeData(child, name));
  return [length, type.typeId === 1 ? length : hasNulls ? nullCount : 0, 0, buffers, nested, describeDictionary(dictionary, name)];
}

/** @param {any} dictionary a Vector @param {string} name */
function describeDictionary(dictionary, name) {
  if (!dictionary) return undefined;
  if (dictionary.data.length !== 1) {
    throw new TypeError(`The dictionary of the column "${name}" has ${dictionary.data.length} pieces; Python reads only one. ` +
      "Make the column again with vectorFromArray.");
  }
  return describeData(dictionary.data[0], name);
}

/**
 * Describe a table.
 * @param {any} table a Table or RecordBatch
 * @returns {[Description, Description[]]} schema and batches
 */
export function describeTable(table) {
  const batches = table?.batches ?? (table?.data?.children ? [table] : undefined);
  if (!batches || !table.schema) throw new TypeError("fromArrow takes a Table or a RecordBatch of apache-arrow.");
  const { fields, metadata } = table.schema;
  const schema = ["+s", "", encodeMetadata(metadata), 0, fields.map(describeField), undefined];
  const described = batches.map((/** @type {any} */ { data }) => [data.length, 0, 0, [undefined],
    fields.map((/** @type {any} */ { name }, /** @type {number} */ index) => describeData(data.children[index], name)), undefined]);
  return [schema, described];
}
