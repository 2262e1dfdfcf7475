// Turns data frames into tables of the npm package apache-arrow, through the Arrow C data interface. The page provides
// apache-arrow. The tables view Python's memory: nothing is copied unless the caller asks for a copy.

import { fieldOf, typeFor } from "./arrow-types.mjs";
import { throwKept } from "../wire/kept.mjs";
import { refresh, u32, u8, wf } from "../wire/memory.mjs";
import { pointerOf } from "../pyobject/pyproxy.mjs";

/** @typedef {import("./arrow-types.mjs").Schema} Schema */

// Offsets of members in the structs of core/arrow.h, in 32-bit words. ARRAY_SIZE is in bytes.
const SCHEMA = { format: 0, name: 1, metadata: 2, flags: 4, childCount: 6, children: 8, dictionary: 9 };
const ARRAY = { length: 0, nullCount: 2, offset: 4, buffers: 10, children: 11, dictionary: 12 };
const ARRAY_SIZE = 64;
const FRAME = { count: 12, batches: 13 };

const decoder = new TextDecoder();

/** Read a 32-bit word of a struct. @param {number} struct @param {number} index */
const word = (struct, index) => u32[(struct >>> 2) + index];

/** Read a 64-bit number as a double, which is exact for every length and offset in 32-bit memory. */
const long = (/** @type {number} */ struct, /** @type {number} */ index) =>
  word(struct, index) + (word(struct, index + 1) | 0) * 2 ** 32;

/** Read a null-terminated string; "" for a null pointer. @param {number} pointer */
const text = (pointer) => (pointer ? decoder.decode(u8.slice(pointer, u8.indexOf(0, pointer))) : "");

/** Read key-value pairs: their count, then the length and the bytes of each key and value. @param {number} pointer */
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

/** Keeps a data frame's memory alive until `release` is called. */
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

  /** Return Python's current memory: the buffer changes when the memory grows. */
  memory() {
    if (!this.#pointer) throw new Error("This table has been released: its memory may hold something else by now.");
    if (u8.length === 0) refresh();
    return u8.buffer;
  }
}

/** Builds apache-arrow's Data from the arrays of a frame. */
class Reader {
  #arrow;
  #frame;
  #copy;

  /** @param {any} arrow the module apache-arrow @param {Frame} frame @param {boolean} copy into JavaScript's memory */
  constructor(arrow, frame, copy) {
    this.#arrow = arrow;
    this.#frame = frame;
    this.#copy = copy;
  }

  /**
   * Read an array, or `length` items of it from index `from` on: a parent passes its own offset and length.
   * @param {any} type
   * @param {number} array pointer to a struct ArrowArray
   * @param {number} [from]
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
   * Return the buffers of an array except the validity bitmap, each as a function that returns its typed array.
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

  /** Items of fixed width. @param {any} type @param {number} array @param {number} offset @param {number} length */
  #fixed(type, array, offset, length) {
    const { ArrayType } = type;
    const width = widthOf(this.#arrow, type);
    return this.#region(ArrayType, buffer(array, 1) + offset * width, (length * width) / ArrayType.BYTES_PER_ELEMENT);
  }

  /**
   * Items of variable length: offsets and data.
   * @param {number} array @param {any} Offsets @param {number} offset @param {number} length
   */
  #variable(array, Offsets, offset, length) {
    const valueOffsets = this.#region(Offsets, buffer(array, 1) + Offsets.BYTES_PER_ELEMENT * offset, length + 1);
    const end = buffer(array, 1) ? Number(valueOffsets()[length]) : 0;
    return { valueOffsets, values: this.#region(Uint8Array, buffer(array, 2), end) };
  }

  /** String views: 16 bytes for each view, then the buffers that views point into, then the sizes of these buffers. */
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

  /** A bitmap from its first byte, since Data applies the offset itself; undefined if the array has none. */
  #bits(/** @type {number} */ array, /** @type {number} */ index, /** @type {number} */ offset, /** @type {number} */ length) {
    const address = buffer(array, index);
    return address ? this.#region(Uint8Array, address, (offset + length + 7) >>> 3) : undefined;
  }

  /**
   * Return a function that returns a typed array of memory. It makes a new array after Python's memory has grown.
   * @param {any} Type @param {number} address @param {number} length
   * @returns {() => any}
   */
  #region(Type, address, length) {
    // An empty array may have an invalid buffer address, but apache-arrow still reads the first offset: give it a zero.
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

/** Return the address of a buffer, or 0 if the array has no such buffer. @param {number} array @param {number} index */
const buffer = (array, index) => (long(array, 6) > index ? word(word(array, ARRAY.buffers), index) : 0);

/** Return the size of an item in bytes. @param {any} arrow @param {any} type */
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

/**
 * Make Data ask for its typed arrays at each use, so that they stay valid when memory grows.
 * @param {any} data @param {Record<string, (() => any) | undefined>} regions
 */
function follow(data, regions) {
  for (const [name, region] of Object.entries(regions)) {
    if (!region) continue;
    const set = (/** @type {any} */ value) => Object.defineProperty(data, name, { value, writable: true });
    Object.defineProperty(data, name, { get: region, set, enumerable: true, configurable: true });
  }
}

/**
 * Read a stream of Arrow arrays into a table.
 * @param {any} capsule a PyProxy of a PyCapsule "arrow_array_stream"; reading consumes the stream
 * @param {any} arrow the module apache-arrow
 * @param {{copy?: boolean}} [options] copy: copy into JavaScript's memory, so that nothing has to be released
 * @returns {any} a Table, or a Vector if the stream holds one column; has release() unless it is a copy
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

/** @param {number} pointer to a struct Frame (core/arrow.h) @param {any} arrow @param {Reader} reader */
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
