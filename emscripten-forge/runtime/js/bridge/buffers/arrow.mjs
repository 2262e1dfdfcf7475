// Data frames as tables of the npm package apache-arrow, which the page brings, by the Arrow C data interface.
// The memory of the columns is Python's: nothing is copied.

import { fieldOf, typeFor } from "./arrow-types.mjs";
import { throwKept } from "../wire/kept.mjs";
import { refresh, u32, u8, wf } from "../wire/memory.mjs";
import { pointerOf } from "../pyobject/pyproxy.mjs";

/**
 * What C keeps of a data frame (core/arrow.c).
 * @typedef {import("./arrow-types.mjs").Schema} Schema
 */

// Offsets in the structs of core/arrow.h, in words.
const SCHEMA = { format: 0, name: 1, metadata: 2, flags: 4, childCount: 6, children: 8, dictionary: 9 };
const ARRAY = { length: 0, nullCount: 2, offset: 4, buffers: 10, children: 11, dictionary: 12 };
const ARRAY_SIZE = 64;
const FRAME = { count: 12, batches: 13 };

const decoder = new TextDecoder();

/** A word of a struct. @param {number} struct @param {number} index */
const word = (struct, index) => u32[(struct >>> 2) + index];

/** A 64-bit number; no array in 32-bit memory needs more than a double. */
const long = (/** @type {number} */ struct, /** @type {number} */ index) =>
  word(struct, index) + (word(struct, index + 1) | 0) * 2 ** 32;

/** @param {number} pointer */
const text = (pointer) => (pointer ? decoder.decode(u8.slice(pointer, u8.indexOf(0, pointer))) : "");

/** Key-value pairs: a count, then length and bytes of each key and each value. @param {number} pointer */
function readMetadata(pointer) {
  const pairs = new Map();
  if (!pointer) return pairs;
  const view = new DataView(u8.buffer);
  let at = pointer + 4;
  const next = () => {
    const start = at + 4;
    at = start + view.getInt32(at, true);
    return decoder.decode(u8.slice(start, at));
  };
  for (let left = view.getInt32(pointer, true); left > 0; left--) pairs.set(next(), next());
  return pairs;
}

/** @param {number} pointer to a struct ArrowSchema @returns {Schema} */
function readSchema(pointer) {
  const children = word(pointer, SCHEMA.children);
  const dictionary = word(pointer, SCHEMA.dictionary);
  return {
    format: text(word(pointer, SCHEMA.format)),
    name: text(word(pointer, SCHEMA.name)),
    metadata: readMetadata(word(pointer, SCHEMA.metadata)),
    flags: long(pointer, SCHEMA.flags),
    children: Array.from({ length: long(pointer, SCHEMA.childCount) }, (_, index) => readSchema(word(children, index))),
    dictionary: dictionary ? readSchema(dictionary) : undefined,
  };
}

/** A data frame's memory, which stays until it is released. */
class Frame {
  #pointer;

  /** @param {number} pointer */
  constructor(pointer) {
    this.#pointer = pointer;
  }

  release() {
    if (this.#pointer) wf.wf_arrow_release(this.#pointer);
    this.#pointer = 0;
  }

  /** Python's memory as it is now. */
  memory() {
    if (!this.#pointer) throw new Error("This table has been released: its memory may hold something else by now.");
    if (u8.length === 0) refresh();
    return u8.buffer;
  }
}

/** Makes the parts of a table. */
class Reader {
  #arrow;
  #frame;
  #copy;

  /** @param {any} arrow the module @param {Frame} frame @param {boolean} copy */
  constructor(arrow, frame, copy) {
    this.#arrow = arrow;
    this.#frame = frame;
    this.#copy = copy;
  }

  /**
   * @param {any} type
   * @param {number} array a struct ArrowArray
   * @param {number} [from] which part of the array: a parent's offset and length
   * @param {number} [length]
   * @returns {any} apache-arrow's Data
   */
  read(type, array, from = 0, length = long(array, ARRAY.length)) {
    const arrow = this.#arrow;
    const offset = long(array, ARRAY.offset) + from;
    const whole = length === long(array, ARRAY.length);
    const nullCount = whole ? long(array, ARRAY.nullCount) : -1;
    const dictionary = word(array, ARRAY.dictionary);
    const layout = this.#layout(type, array, offset, length);
    const bitmap = nullCount === 0 ? undefined : this.#bits(array, 0, offset, length);
    const regions = { ...layout, nullBitmap: bitmap };
    const parts = Object.fromEntries(Object.entries(regions).map(([name, region]) => [name, region?.()]));
    const nulls = type.typeId === arrow.Type.Null ? length : bitmap ? nullCount : 0;
    const data = new arrow.Data(type, offset, length, nulls,
      [parts.valueOffsets, parts.values, parts.nullBitmap], this.#children(type, array, offset, length),
      dictionary ? new arrow.Vector([this.read(type.dictionary, dictionary)]) : undefined, parts.variadicBuffers);
    if (!this.#copy) follow(data, regions);
    return data;
  }

  /** @param {any} type @param {number} array @param {number} offset @param {number} length */
  #children(type, array, offset, length) {
    const { Type } = this.#arrow;
    if (!type.children?.length || type.typeId === Type.Dictionary) return [];
    const pointers = word(array, ARRAY.children);
    return type.children.map((/** @type {any} */ field, /** @type {number} */ index) => {
      const child = word(pointers, index);
      if (type.typeId === Type.Struct) return this.read(field.type, child, offset, length);
      if (type.typeId === Type.FixedSizeList) return this.read(field.type, child, offset * type.listSize, length * type.listSize);
      return this.read(field.type, child);
    });
  }

  /**
   * The buffers of an array but for the bitmap, each as a function that makes its typed array.
   * @param {any} type @param {number} array @param {number} offset @param {number} length
   * @returns {Record<string, () => any>}
   */
  #layout(type, array, offset, length) {
    const { Type } = this.#arrow;
    switch (type.typeId) {
      case Type.Null:
      case Type.Struct:
      case Type.FixedSizeList:
        return {};
      case Type.Bool:
        return { values: this.#bits(array, 1, offset, length) ?? (() => new Uint8Array(0)) };
      case Type.Utf8:
      case Type.Binary:
        return this.#variable(array, Int32Array, offset, length);
      case Type.LargeUtf8:
      case Type.LargeBinary:
        return this.#variable(array, BigInt64Array, offset, length);
      case Type.List:
      case Type.Map:
        return { valueOffsets: this.#region(Int32Array, buffer(array, 1) + 4 * offset, length + 1) };
      case Type.LargeList:
        return { valueOffsets: this.#region(BigInt64Array, buffer(array, 1) + 8 * offset, length + 1) };
      case Type.Utf8View:
      case Type.BinaryView:
        return this.#views(array, offset, length);
      default:
        return { values: this.#fixed(type.typeId === Type.Dictionary ? type.indices : type, array, offset, length) };
    }
  }

  /** Items of one width. @param {any} type @param {number} array @param {number} offset @param {number} length */
  #fixed(type, array, offset, length) {
    const { ArrayType } = type;
    const width = widthOf(this.#arrow, type);
    return this.#region(ArrayType, buffer(array, 1) + offset * width, (length * width) / ArrayType.BYTES_PER_ELEMENT);
  }

  /** Strings: offsets and bytes. @param {number} array @param {any} Offsets @param {number} offset @param {number} length */
  #variable(array, Offsets, offset, length) {
    const valueOffsets = this.#region(Offsets, buffer(array, 1) + Offsets.BYTES_PER_ELEMENT * offset, length + 1);
    const end = buffer(array, 1) ? Number(valueOffsets()[length]) : 0;
    return { valueOffsets, values: this.#region(Uint8Array, buffer(array, 2), end) };
  }

  /** String views: 16 bytes each, buffers that they point into, and the sizes of those. */
  #views(/** @type {number} */ array, /** @type {number} */ offset, /** @type {number} */ length) {
    const count = long(array, 6) - 3;
    const sizes = this.#region(BigInt64Array, buffer(array, count + 2), count);
    const variadic = Array.from({ length: count }, (_, index) =>
      this.#region(Uint8Array, buffer(array, 2 + index), Number(sizes()[index])));
    return {
      values: this.#region(Uint8Array, buffer(array, 1) + 16 * offset, 16 * length),
      variadicBuffers: () => variadic.map((region) => region()),
    };
  }

  /** Bits, of which Data knows the offset; undefined: there are none. */
  #bits(/** @type {number} */ array, /** @type {number} */ index, /** @type {number} */ offset, /** @type {number} */ length) {
    const address = buffer(array, index);
    return address ? this.#region(Uint8Array, address, (offset + length + 7) >>> 3) : undefined;
  }

  /**
   * What makes a typed array of memory, anew when Python's memory has grown.
   * @param {any} Type @param {number} address @param {number} length
   * @returns {() => any}
   */
  #region(Type, address, length) {
    // The buffers of an empty array may be anywhere; apache-arrow reads the first offset even then.
    if (length === 0 || address < 4096) return () => new Type(length);
    const frame = this.#frame;
    const misplaced = address % Type.BYTES_PER_ELEMENT !== 0;
    if (this.#copy || misplaced) {
      const copied = new Type(frame.memory().slice(address, address + length * Type.BYTES_PER_ELEMENT));
      return () => copied;
    }
    /** @type {any} */
    let view;
    return () => {
      const memory = frame.memory();
      if (view?.buffer !== memory) view = new Type(memory, address, length);
      return view;
    };
  }
}

/** The address of a buffer; 0: it has none. @param {number} array @param {number} index */
const buffer = (array, index) => (long(array, 6) > index ? word(word(array, ARRAY.buffers), index) : 0);

/** Bytes of an item. @param {any} arrow @param {any} type */
function widthOf({ Type }, type) {
  switch (type.typeId) {
    case Type.FixedSizeBinary:
      return type.byteWidth;
    case Type.Decimal:
      return type.bitWidth / 8;
    case Type.Interval:
      return [4, 8, 16][type.unit];
    case Type.Int:
    case Type.Time:
      return type.bitWidth / 8;
    case Type.Float:
      return [2, 4, 8][type.precision];
    case Type.Date:
      return [4, 8][type.unit];
    default:
      return 8; // Timestamp, Duration
  }
}

/** Let Data take its typed arrays anew each time. @param {any} data @param {Record<string, (() => any) | undefined>} regions */
function follow(data, regions) {
  for (const [name, region] of Object.entries(regions)) {
    if (!region) continue;
    const set = (/** @type {any} */ value) => Object.defineProperty(data, name, { value, writable: true });
    Object.defineProperty(data, name, { get: region, set, enumerable: true, configurable: true });
  }
}

/**
 * A table of a data frame.
 * @param {any} capsule a PyProxy of a PyCapsule "arrow_array_stream", which is read
 * @param {any} arrow the module apache-arrow
 * @param {{copy?: boolean}} [options] copy: into JavaScript's memory, so that nothing needs to be released
 * @returns {any} a Table; a Vector if the stream is one of a column. Has release() unless it was copied
 */
export function readStream(capsule, arrow, { copy = false } = {}) {
  const pointer = wf.wf_arrow_drain(pointerOf(capsule)) >>> 0;
  if (!pointer) throwKept();
  const frame = new Frame(pointer);
  try {
    frame.memory();
    const result = readFrame(pointer, arrow, new Reader(arrow, frame, copy));
    if (copy) return result;
    const release = { value: () => frame.release() };
    return Object.defineProperties(result, Symbol.dispose ? { release, [Symbol.dispose]: release } : { release });
  } catch (error) {
    frame.release();
    throw error;
  } finally {
    if (copy) frame.release();
  }
}

/** @param {number} pointer to a Frame of C @param {any} arrow @param {Reader} reader */
function readFrame(pointer, arrow, reader) {
  const schema = readSchema(pointer);
  const first = word(pointer, FRAME.batches);
  const arrays = Array.from({ length: word(pointer, FRAME.count) }, (_, index) => first + index * ARRAY_SIZE);
  const type = typeFor(schema, arrow);
  const parts = arrays.map((array) => reader.read(type, array));
  if (schema.format !== "+s") return new arrow.Vector(parts.length ? parts : [arrow.makeData({ type, length: 0 })]);
  const described = new arrow.Schema(schema.children.map((child, index) => fieldOf(child, type.children[index].type, arrow)), schema.metadata);
  return new arrow.Table(described, parts.map((data) => new arrow.RecordBatch(described, data)));
}
