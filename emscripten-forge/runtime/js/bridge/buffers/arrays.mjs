// Python's buffers (NumPy arrays, memoryviews, bytes, …) as typed arrays of JavaScript.

import { throwKept } from "../wire/kept.mjs";
import { parseFormat, TYPES } from "./formats.mjs";
import { hold } from "../wire/handles.mjs";
import { refresh, u32, u8, wf } from "../wire/memory.mjs";

/** @typedef {import("./formats.mjs").Format} Format */
/** @typedef {import("./formats.mjs").TypedArray} TypedArray */

/**
 * The contents of a Py_buffer.
 * @typedef {object} Description
 * @property {number} address of the first item
 * @property {number} nbytes
 * @property {number} itemsize in bytes
 * @property {boolean} readonly
 * @property {string} format
 * @property {number[]} shape
 * @property {number[]} strides in bytes
 */

/** Python's current memory. */
function memory() {
  if (u8.length === 0) refresh();
  return u8.buffer;
}

/** @param {number} pointer to a Py_buffer @returns {Description} */
function describe(pointer) {
  memory();
  const at = pointer >>> 2;
  const [address, , nbytes, itemsize, readonly, ndim, format, shape, strides] = u32.subarray(at, at + 9);
  const numbers = (/** @type {number} */ list) => [...new Int32Array(u8.buffer, list, ndim)];
  const sizes = shape ? numbers(shape) : ndim ? [nbytes / itemsize] : [];
  return {
    address, nbytes, itemsize, readonly: readonly !== 0,
    format: format ? readFormat(format) : "B",
    shape: sizes,
    strides: strides ? numbers(strides) : contiguous(sizes, itemsize),
  };
}

/** @param {number} pointer */
function readFormat(pointer) {
  return String.fromCharCode(...u8.subarray(pointer, u8.indexOf(0, pointer)));
}

/** The strides of an array in C's order. @param {number[]} shape @param {number} itemsize */
function contiguous(shape, itemsize) {
  const strides = Array(shape.length);
  let stride = itemsize;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/** Whether the strides are those of contiguous items. The stride of an axis with one item does not matter. */
const sameStrides = (/** @type {number[]} */ shape, /** @type {number[]} */ strides, /** @type {number[]} */ wanted) =>
  shape.includes(0) || shape.every((size, axis) => size === 1 || strides[axis] === wanted[axis]);

/** @param {Description} buffer */
const isC = ({ shape, strides, itemsize }) => sameStrides(shape, strides, contiguous(shape, itemsize));

/** @param {Description} buffer */
const isF = ({ shape, strides, itemsize }) =>
  sameStrides(shape, strides, contiguous([...shape].reverse(), itemsize).reverse());

/** The bytes of the array before its first item, and the bytes it spans. @param {Description} buffer */
function extent({ shape, strides, itemsize }) {
  if (shape.includes(0)) return { before: 0, span: 0 };
  let before = 0;
  let span = itemsize;
  shape.forEach((size, axis) => {
    const reach = (size - 1) * strides[axis];
    if (reach < 0) before -= reach;
    span += Math.abs(reach);
  });
  return { before, span };
}

/** Views in use, so that Python can find the memory's owner again. @type {WeakMap<object, PyBufferView>} */
const viewOf = new WeakMap();

/** The Py_buffer that a typed array is `data` of; 0: none. @param {object} array */
export function ownerOf(array) {
  return viewOf.get(array)?.owns(array) ?? 0;
}

/**
 * A view of a Python object's memory, to be given to the npm package ndarray as
 * `ndarray(view.data, view.shape, view.strides, view.offset)`. Nothing is copied. It is valid until release().
 * Python's memory may move whenever Python runs, which leaves typed arrays empty: take `data` anew each time.
 */
export class PyBufferView {
  #pointer;
  #type;
  #start;
  #length;
  /** @type {any} */
  #data;

  /**
   * @param {number} pointer to a Py_buffer, which this owns
   * @param {Description} buffer
   * @param {Layout} layout
   */
  constructor(pointer, buffer, layout) {
    this.#pointer = pointer;
    this.#type = layout.type;
    this.#start = layout.start;
    this.#length = layout.length;
    /** How many elements of `data` the first item lies after its beginning. */
    this.offset = layout.offset;
    /** @type {number[]} items along each axis */
    this.shape = layout.shape;
    /** @type {number[]} elements of `data` from an item to the next along each axis */
    this.strides = layout.strides;
    this.ndim = layout.shape.length;
    /** NumPy's name of the items' type. */
    this.dtype = layout.dtype;
    /** Of the items in Python, as its struct module has it. */
    this.format = buffer.format;
    /** Of the items in Python, in bytes. */
    this.itemsize = buffer.itemsize;
    this.nbytes = buffer.nbytes;
    /** Whether Python may not write to the memory. Then JavaScript must not either, which nothing prevents. */
    this.readonly = buffer.readonly;
    this.littleEndian = layout.littleEndian;
    this.c_contiguous = isC(buffer);
    this.f_contiguous = isF(buffer);
  }

  /** The memory: all items of the array and what lies between them. @returns {any} a typed array, or a DataView */
  get data() {
    if (this.#pointer === 0) {
      throw new Error("This buffer view has been released: its memory may hold something else by now. Call getBuffer() again.");
    }
    if (this.#data?.buffer !== memory()) {
      this.#data = new this.#type(u8.buffer, this.#start, this.#length);
      viewOf.set(this.#data, this);
    }
    return this.#data;
  }

  /** The Py_buffer if the array is this view's data, else 0. @param {object} array */
  owns(array) {
    return array === this.#data ? this.#pointer : 0;
  }

  /** Let Python free or resize the memory. Typed arrays made from `data` must not be used again. */
  release() {
    if (this.#pointer === 0) return;
    const pointer = this.#pointer;
    this.#pointer = 0;
    this.#data = undefined;
    wf.wf_buffer_release(pointer);
  }
}

if (Symbol.dispose) {
  Object.defineProperty(PyBufferView.prototype, Symbol.dispose, { value: PyBufferView.prototype.release });
}

/**
 * The layout of items in a typed array.
 * @typedef {object} Layout
 * @property {any} type a typed array's, or DataView
 * @property {number} start address
 * @property {number} length elements
 * @property {number} offset elements
 * @property {number[]} shape
 * @property {number[]} strides elements
 * @property {string} dtype
 * @property {boolean} littleEndian
 */

/**
 * PyProxy.getBuffer.
 * @param {number} object a PyObject
 * @param {string} [type] of TYPES: the type to read the memory as; default: the type of the items
 */
export function getBuffer(object, type) {
  if (type !== undefined && !TYPES[type]) {
    throw new TypeError(`Unknown type ${JSON.stringify(type)}: one of ${Object.keys(TYPES).filter((name) => TYPES[name]).join(", ")}.`);
  }
  const pointer = wf.wf_buffer_get(object) >>> 0;
  if (!pointer) throwKept();
  try {
    const buffer = describe(pointer);
    const format = parseFormat(buffer.format, buffer.itemsize);
    return new PyBufferView(pointer, buffer, type === undefined ? natural(buffer, format) : reinterpreted(buffer, format, type));
  } catch (error) {
    wf.wf_buffer_release(pointer);
    throw error;
  }
}

/** @param {Description} buffer @param {Format} format @returns {Layout} */
function natural(buffer, format) {
  if (!format.type || format.reason) throw new TypeError(format.reason);
  if (!format.littleEndian) {
    throw new TypeError("Javascript has no native support for big endian buffers. " +
      "Convert the array to little endian, or use getBuffer(\"dataview\").");
  }
  return lay(buffer, format, TYPES[format.type], buffer.shape, buffer.strides);
}

/**
 * The memory as elements of another type. If several fit into an item, they form another axis.
 * @param {Description} buffer @param {Format} format @param {string} name @returns {Layout}
 */
function reinterpreted(buffer, format, name) {
  const { shape, strides, itemsize } = buffer;
  if (name === "dataview") return lay(buffer, format, DataView, shape, strides);
  const type = TYPES[name];
  const size = type.BYTES_PER_ELEMENT;
  const as = { ...format, dtype: DTYPES[name] };
  if (size === itemsize) return lay(buffer, as, type, shape, strides);
  if (itemsize % size === 0) return lay(buffer, as, type, [...shape, itemsize / size], [...strides, size]);
  const row = (shape.at(-1) ?? 0) * itemsize;
  if (!isC(buffer) || row % size !== 0) {
    throw new RangeError(`Items of ${itemsize} bytes in the shape [${shape}] cannot be taken as elements of ${size} bytes.`);
  }
  const inner = [...shape.slice(0, -1), row / size];
  return lay(buffer, as, type, inner, contiguous(inner, size));
}

/** @type {Record<string, string>} */
const DTYPES = {
  i8: "int8", u8: "uint8", u8clamped: "uint8_clamped", i16: "int16", u16: "uint16", i32: "int32", u32: "uint32",
  i64: "int64", u64: "uint64", f16: "float16", f32: "float32", f64: "float64",
};

/**
 * @param {Description} buffer
 * @param {Format} format
 * @param {any} type
 * @param {number[]} shape
 * @param {number[]} strides in bytes
 * @returns {Layout}
 */
function lay(buffer, format, type, shape, strides) {
  const size = type.BYTES_PER_ELEMENT ?? 1;
  const { before, span } = extent(buffer);
  const common = { type, shape, dtype: format.dtype, littleEndian: format.littleEndian };
  // The address of an empty buffer has no meaning.
  if (span === 0) return { ...common, start: 0, length: 0, offset: 0, strides: strides.map((stride) => stride / size) };
  const start = buffer.address - before;
  const used = strides.filter((_, axis) => shape[axis] > 1);
  if (start % size !== 0 || used.some((stride) => stride % size !== 0)) {
    throw new RangeError(`The items do not lie at multiples of ${size} bytes, where a typed array needs them. ` +
      "Copy the array, or use getBuffer(\"dataview\").");
  }
  return { ...common, start, length: span / size, offset: before / size, strides: strides.map((stride) => Math.trunc(stride / size)) };
}

/**
 * For C: copy a buffer to typed arrays, nested in arrays if it has more than one axis; bool becomes arrays of booleans,
 * characters become strings. Returns a handle; 0: no typed array has the format; -1: out of memory.
 * @param {number} pointer to a Py_buffer
 */
export function js_buffer_copy(pointer) {
  try {
    const copied = copyBuffer(describe(pointer));
    return copied === undefined ? 0 : hold(copied);
  } catch {
    return -1;
  }
}

/** @param {Description} buffer @returns {any} undefined: no typed array has the format */
function copyBuffer(buffer) {
  const row = rowReader(buffer, parseFormat(buffer.format, buffer.itemsize));
  if (!row) return undefined;
  const { shape, strides } = buffer;
  /** @type {(address: number, axis: number) => any} */
  const copy = (address, axis) => {
    if (axis >= shape.length - 1) return row(address, shape[axis] ?? 1, strides[axis] ?? buffer.itemsize);
    return Array.from({ length: shape[axis] }, (_, index) => copy(address + index * strides[axis], axis + 1));
  };
  return copy(buffer.address, 0);
}

/**
 * A function that copies `length` items, `stride` bytes apart.
 * @param {Description} buffer
 * @param {Format} format
 * @returns {undefined | ((address: number, length: number, stride: number) => any)}
 */
function rowReader({ itemsize }, format) {
  if (format.dtype === "bool") {
    return (address, length, stride) => Array.from({ length }, (_, index) => u8[address + index * stride] !== 0);
  }
  const text = /^\d*([sw])$/.exec(format.code);
  if (text && format.code !== "s") {
    const read = text[1] === "s" ? readBytes : readWide;
    return (address, length, stride) =>
      Array.from({ length }, (_, index) => read(address + index * stride, itemsize, format.littleEndian));
  }
  if (format.type === "f16" && !TYPES.f16) return undefined;
  if (!format.type) return undefined;
  const type = TYPES[format.type];
  const size = type.BYTES_PER_ELEMENT;
  return (address, length, stride) => {
    const bytes = packed(address, length, stride, itemsize);
    if (!format.littleEndian) swap(bytes, size);
    return new type(bytes.buffer);
  };
}

/** A contiguous copy of items. */
function packed(/** @type {number} */ address, /** @type {number} */ length, /** @type {number} */ stride, /** @type {number} */ itemsize) {
  if (stride === itemsize || length === 1) return u8.slice(address, address + length * itemsize);
  const bytes = new Uint8Array(length * itemsize);
  for (let index = 0; index < length; index++) {
    const from = address + index * stride;
    for (let byte = 0; byte < itemsize; byte++) bytes[index * itemsize + byte] = u8[from + byte];
  }
  return bytes;
}

/** Reverse the bytes of each element, in place. @param {Uint8Array} bytes @param {number} size */
function swap(bytes, size) {
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}

/** Read one-byte characters, without the zeros of NumPy's padding. @param {number} address @param {number} size */
function readBytes(address, size) {
  const bytes = u8.subarray(address, address + size);
  return String.fromCharCode(...bytes).replace(/\0+$/, "");
}

/** Read four-byte characters. @param {number} address @param {number} size @param {boolean} littleEndian */
function readWide(address, size, littleEndian) {
  const view = new DataView(u8.buffer, address, size);
  let text = "";
  for (let at = 0; at < size; at += 4) text += String.fromCodePoint(view.getUint32(at, littleEndian));
  return text.replace(/\0+$/, "");
}
