// Python objects in JavaScript: the types behind `python.ffi`. A PyProxy has the members of each kind whose protocol the
// Python object supports; `value instanceof python.ffi.PyDict` narrows a value to one kind.

/// <reference lib="esnext.disposable" />

import type { PythonError } from "./bootstrap.mjs";

/** A Python object in JavaScript. */
export interface PyProxy {
  /** The name of the object's type, such as "dict" or "numpy.ndarray". */
  readonly type: string;
  /** Python's str(). */
  toString(): string;
  /** A deep copy as JavaScript's own objects: lists become arrays, dicts objects or Maps, buffers typed arrays. */
  toJs(options?: ToJsOptions): any;
  /** Release the Python object. Every later use of the proxy throws an error with the message. */
  destroy(options?: DestroyOptions): void;
  [Symbol.dispose](): void;
  /** A proxy of the same object that has to be destroyed separately. */
  copy(): this;
  /**
   * A Python attribute. Which ones an object has is known only when the program runs, so they are `any`, as in
   * Pyodide's own types: code written for those compiles unchanged. The price is that a misspelt member is taken for an
   * attribute. What JavaScript itself defines is typed, here and in the kinds below: a PyProxy that is not known to be
   * callable, iterable or awaitable cannot be called, iterated or awaited. `$name` is the attribute `name` where
   * JavaScript has a member of that name.
   */
  [attribute: string]: any;
}

export interface DestroyOptions {
  /** What an attempt to use the proxy says. */
  message?: string;
  /** Default: true. False: keep a proxy that Python has made with create_proxy. */
  destroyRoundtrip?: boolean;
}

export interface ToJsOptions {
  /** How many levels to convert; default: all. */
  depth?: number;
  /** Gets every PyProxy that the conversion makes. */
  pyproxies?: PyProxy[];
  /** Default: true. False: an object that has no conversion is an error. */
  create_pyproxies?: boolean;
  /** Makes something of a dict's items, such as Object.fromEntries. */
  dict_converter?: (items: Iterable<[key: any, value: any]>) => any;
  /** Converts objects that have no conversion. */
  default_converter?: Converter;
  /** Asked for every object before its usual conversion. */
  eager_converter?: Converter;
}

/**
 * Returns what an object becomes.
 * @param convert the usual conversion, with the same options
 * @param cacheConversion registers a result before it is complete, for objects that contain themselves
 */
export type Converter = (
  object: PyProxy,
  convert: (value: any) => any,
  cacheConversion: (object: PyProxy, result: any) => void,
) => any;

// ---- containers ----

export interface PyProxyWithLength extends PyProxy {
  /** Python's len(). */
  readonly length: number;
}

export interface PyProxyWithGet extends PyProxy {
  /** object[key]; undefined if there is no such item. */
  get(key: any): any;
}

export interface PyProxyWithSet extends PyProxy {
  /** object[key] = value */
  set(key: any, value: any): void;
  /** del object[key] */
  delete(key: any): void;
}

export interface PyProxyWithHas extends PyProxy {
  /** item in object */
  has(item: any): boolean;
}

interface JsonView {
  /**
   * A view of the same object that is used like the result of JSON.parse: its properties are the items, at any depth. It
   * is destroyed together with this proxy.
   */
  asJsJson(): any;
}

export interface PyDict extends PyProxyWithLength, PyProxyWithGet, PyProxyWithSet, PyProxyWithHas, PyIterable, JsonView {}

type ReadingMethods =
  | "at" | "concat" | "entries" | "every" | "filter" | "find" | "findIndex" | "findLast" | "findLastIndex" | "forEach"
  | "includes" | "indexOf" | "join" | "keys" | "lastIndexOf" | "map" | "reduce" | "reduceRight" | "slice" | "some" | "values";

/** An Array's methods, those that the library which the program is compiled with knows. */
type ReadonlyArrayMethods = Pick<readonly any[], Extract<keyof (readonly any[]), ReadingMethods>>;

/** A list, tuple, str, bytes, range or other sequence, with the methods of an Array that only read. */
export interface PySequence extends PyProxyWithLength, PyProxyWithGet, PyIterable, JsonView, ReadonlyArrayMethods {
  readonly [Symbol.isConcatSpreadable]: true;
  toJSON(): any[];
}

/** A list or other mutable sequence, with the methods of an Array. */
export interface PyMutableSequence extends PySequence, PyProxyWithSet {
  /** Returns the new length. */
  push(...items: any[]): number;
  pop(): any;
  shift(): any;
  /** Returns the new length. */
  unshift(...items: any[]): number;
  reverse(): this;
  /** Default: compare as strings. None comes last in any case. */
  sort(compare?: (a: any, b: any) => number): this;
  /** Returns the items that were removed. */
  splice(start: number, deleteCount?: number, ...items: any[]): any[];
  fill(value: any, start?: number, end?: number): this;
  copyWithin(target: number, start?: number, end?: number): this;
}

// ---- iteration ----

export interface PyIterable extends PyProxy {
  /** Python's iter(). */
  [Symbol.iterator](): Iterator<any, any, any>;
}

export interface PyIterator extends PyIterable {
  [Symbol.iterator](): this;
  /** @param value the result of a generator's `yield` */
  next(value?: any): IteratorResult<any, any>;
}

export interface PyGenerator extends PyIterator {
  /** Raise an error at the generator's `yield`. */
  throw(error: any): IteratorResult<any, any>;
  /** End the generator, which may yield instead. */
  return(value?: any): IteratorResult<any, any>;
}

export interface PyAsyncIterable extends PyProxy {
  /** Python's aiter(). */
  [Symbol.asyncIterator](): AsyncIterator<any, any, any>;
}

export interface PyAsyncIterator extends PyAsyncIterable {
  [Symbol.asyncIterator](): this;
  /** @param value the result of a generator's `yield` */
  next(value?: any): Promise<IteratorResult<any, any>>;
}

export interface PyAsyncGenerator extends PyAsyncIterator {
  /** Raise an error at the generator's `yield`. */
  throw(error: any): Promise<IteratorResult<any, any>>;
  /** End the generator, which may yield instead. */
  return(value?: any): Promise<IteratorResult<any, any>>;
}

/** A coroutine, future or other awaitable. It is awaited once; each `then` gets the same result. */
export interface PyAwaitable extends PyProxy, Pick<Promise<any>, "then" | "catch" | "finally"> {}

// ---- calls ----

/** Positional arguments, then an object with the keyword arguments. */
export type ArgumentsWithKeywords = [...positional: any[], keywords: object];

/** A function, class or other callable. A call converts its arguments and its result. */
export interface PyCallable extends PyProxy {
  (...args: any[]): any;
  /** As Function.prototype.call: `self` is passed on by proxies from captureThis. */
  call(self: any, ...args: any[]): any;
  apply(self: any, args?: ArrayLike<any> | null): any;
  /** A proxy with bound arguments. It is destroyed together with this one. */
  bind(self: any, ...args: any[]): PyCallable;
  /** A proxy that passes `this` to Python as the first argument. It is destroyed together with this one. */
  captureThis(): PyCallable;
  callKwargs(...args: ArgumentsWithKeywords): any;
  /** Call with no more positional arguments than the function takes, as JavaScript does. */
  callRelaxed(...args: any[]): any;
  callKwargsRelaxed(...args: ArgumentsWithKeywords): any;
  /** Let Python wait for promises during the call (run_sync). Rejected where the engine cannot suspend WebAssembly. */
  callPromising(...args: any[]): Promise<any>;
  callPromisingKwargs(...args: ArgumentsWithKeywords): Promise<any>;
  callWithOptions(options: CallOptions, ...args: any[]): any;
}

export interface CallOptions {
  /** See callRelaxed. */
  relaxed?: boolean;
  /** See callKwargs. */
  kwargs?: boolean;
  /** See callPromising. */
  promising?: boolean;
}

// ---- buffers ----

/** Argument of getBuffer -> what a view's `data` is then. */
export interface BufferTypes {
  i8: Int8Array;
  u8: Uint8Array;
  u8clamped: Uint8ClampedArray;
  i16: Int16Array;
  u16: Uint16Array;
  i32: Int32Array;
  u32: Uint32Array;
  i64: BigInt64Array;
  u64: BigUint64Array;
  /** A Float16Array, in engines that have it. */
  f16: ArrayBufferView & ArrayLike<number>;
  f32: Float32Array;
  f64: Float64Array;
  dataview: DataView;
}

export type TypedArray = BufferTypes[Exclude<keyof BufferTypes, "f16" | "dataview">];

/** A NumPy array, memoryview, bytes or other object whose memory JavaScript can use. */
export interface PyBuffer extends PyProxy {
  /** A view of the object's memory as elements of the type of its items. An error if no typed array has that type. */
  getBuffer(): PyBufferView;
  /** A view of the object's memory as elements of another type. */
  getBuffer<Type extends keyof BufferTypes>(type: Type): PyBufferView<BufferTypes[Type]>;
}

/**
 * A view of a Python object's memory. Nothing is copied. Typed arrays of it become empty when Python's memory grows, which
 * any call of Python may cause: read `data` again afterwards.
 */
export interface PyBufferView<Data extends ArrayBufferView = TypedArray> {
  /** The memory of all items, and what lies between them. */
  readonly data: Data;
  /** The place of the first item in `data`, in elements. */
  readonly offset: number;
  /** Items along each axis. */
  readonly shape: number[];
  /** The distance of two items along each axis, in elements of `data`. */
  readonly strides: number[];
  readonly ndim: number;
  /** NumPy's name of the items' type, such as "float64". */
  readonly dtype: string;
  /** The items' format in Python's struct module. */
  readonly format: string;
  /** Bytes of an item. */
  readonly itemsize: number;
  /** Bytes of all items. */
  readonly nbytes: number;
  /** Whether Python must not write to the memory. JavaScript must not either, but nothing prevents it. */
  readonly readonly: boolean;
  readonly littleEndian: boolean;
  /** Whether the items lie one after the other in C's order. */
  readonly c_contiguous: boolean;
  /** Whether the items lie one after the other in Fortran's order. */
  readonly f_contiguous: boolean;
  /** Let Python free or resize the memory. Do not use typed arrays of `data` afterwards. */
  release(): void;
  [Symbol.dispose](): void;
}

// ---- instanceof ----

/** A class for `instanceof`. It cannot be instantiated. */
export type Guard<Kind> = abstract new (...args: never) => Kind;

/** The classes in `python.ffi`. */
export interface FFI {
  readonly PyProxy: Guard<PyProxy>;
  readonly PyProxyWithLength: Guard<PyProxyWithLength>;
  readonly PyProxyWithGet: Guard<PyProxyWithGet>;
  readonly PyProxyWithSet: Guard<PyProxyWithSet>;
  readonly PyProxyWithHas: Guard<PyProxyWithHas>;
  readonly PyDict: Guard<PyDict>;
  readonly PySequence: Guard<PySequence>;
  readonly PyMutableSequence: Guard<PyMutableSequence>;
  readonly PyIterable: Guard<PyIterable>;
  readonly PyIterator: Guard<PyIterator>;
  readonly PyGenerator: Guard<PyGenerator>;
  readonly PyAsyncIterable: Guard<PyAsyncIterable>;
  readonly PyAsyncIterator: Guard<PyAsyncIterator>;
  readonly PyAsyncGenerator: Guard<PyAsyncGenerator>;
  readonly PyAwaitable: Guard<PyAwaitable>;
  readonly PyCallable: Guard<PyCallable>;
  readonly PyBuffer: Guard<PyBuffer>;
  readonly PyBufferView: Guard<PyBufferView>;
  readonly PythonError: typeof PythonError;
}
