// Values that break the rules of the language: what they are asked, they answer by throwing or with nonsense.

const TRAPS = /** @type {const} */ ([
  "get", "set", "has", "deleteProperty", "ownKeys", "getOwnPropertyDescriptor", "defineProperty", "getPrototypeOf",
  "setPrototypeOf", "isExtensible", "preventExtensions", "apply", "construct",
]);
const PROPERTIES = [
  "then", "constructor", "name", "message", "stack", "cause", "size", "next", "done", "value", "return", "throw",
  "toString", "valueOf", "get", "set", "has", "delete", "keys", "entries", "byteLength", "byteOffset", "buffer",
  "BYTES_PER_ELEMENT", "prototype", "0", Symbol.iterator, Symbol.asyncIterator, Symbol.toStringTag, Symbol.toPrimitive,
  Symbol.hasInstance, Symbol.species,
];
// None that is too large: the engines' own functions of arrays loop for hours, or end the process.
const LENGTHS = [-1, NaN, 1.5, "5", 1000, null, 2n];
// How many items the endless iterables give during one operation before they throw: what reads one to its end never ends.
const PATIENCE = 5000;
let patience = 0;

/** Begin a new operation. */
export function refill() {
  patience = PATIENCE;
}

/** Another realm's global object: a context of node's, or a frame. @returns {Promise<any>} */
export async function otherRealm() {
  if (typeof document === "undefined") return (await import("node:vm")).runInNewContext("globalThis");
  return document.body.appendChild(document.createElement("iframe")).contentWindow;
}

/**
 * @param {any} realm of some of the values
 * @param {(limit: number) => number} random
 * @param {() => any} value any other value of the pool
 * @returns {(() => any)[]} makers of values
 */
export function hostile(realm, random, value) {
  const pick = (/** @type {readonly any[]} */ items) => items[random(items.length)];
  const home = () => pick([globalThis, globalThis, realm]);
  const fail = () => { throw pick([new Error("hostile"), null, 1, revoked({}), value()]); };
  const revoked = (/** @type {any} */ target) => {
    const { proxy, revoke } = Proxy.revocable(target, {});
    revoke();
    return proxy;
  };
  const target = () => {
    const { Array, ArrayBuffer, Error, Map, Object, Promise, Set, Uint8Array } = home();
    return pick([
      () => new Object(), () => new Array(1, 2), () => function () {}, () => class {}, () => (/** @type {any} */ x) => x,
      () => new Error("e"), () => new Map([[1, 2]]), () => new Set([1]), () => Promise.resolve(1), () => new Uint8Array(4),
      () => new ArrayBuffer(8), () => [1, 2].values(), async () => {}, function* () { yield 1; }, async function* () { yield 1; },
    ])();
  };
  /** A target whose traps do what they should, until `left` of them have run. */
  const countdown = (/** @type {any} */ of, /** @type {number} */ left, /** @type {(...all: any[]) => any} */ then) => {
    const trap = (/** @type {any} */ name) => (/** @type {any[]} */ ...all) =>
      // @ts-ignore one of Reflect's functions
      --left < 0 ? then(...all) : Reflect[name](...all);
    return new Proxy(of, Object.fromEntries(TRAPS.map((name) => [name, trap(name)])));
  };
  const lengthOr = (/** @type {any} */ name) => (name === "length" ? pick(LENGTHS) : value());
  const getter = (/** @type {any} */ of, /** @type {any} */ name, /** @type {() => any} */ get) => {
    Object.defineProperty(of, name, { get, configurable: true });
    return of;
  };
  const endless = (/** @type {() => any} */ item) => {
    const next = () => {
      if (--patience < 0) throw new Error("an endless iterable was read for too long");
      return { done: false, value: item() };
    };
    return pick([
      { [Symbol.iterator]: () => ({ next }) },
      { next, [Symbol.iterator]() { return this; } },
      { [Symbol.asyncIterator]: () => ({ next: async () => next() }) },
      { entries: () => ({ next, [Symbol.iterator]() { return this; } }), size: 1, has: () => true, get: item },
    ]);
  };
  const resizable = () => new ArrayBuffer(8, /** @type {any} */ ({ maxByteLength: 64 }));
  const detached = (/** @type {any} */ array) => {
    structuredClone(null, { transfer: [array.buffer ?? array] });
    return array;
  };
  const outOfBounds = () => {
    const buffer = /** @type {any} */ (resizable());
    const view = new (pick([Uint8Array, Float64Array, DataView]))(buffer, 0, pick([1, undefined]));
    const late = new Uint8Array(buffer, 6, 2);
    buffer.resize?.(pick([0, 3, 8, 64]));
    return pick([view, late, buffer]);
  };

  return [
    () => new Proxy(target(), { [pick(TRAPS)]: fail }),
    () => new Proxy(target(), { [pick(TRAPS)]: (/** @type {any} */ _, /** @type {any} */ name) => lengthOr(name) }),
    () => countdown(target(), random(12), fail),
    () => countdown(target(), random(12), (_, name) => lengthOr(name)),
    () => revoked(target()),
    () => getter(target(), pick(PROPERTIES), fail),
    () => getter(target(), pick(PROPERTIES), value),
    () => getter(getter(target(), pick(PROPERTIES), value), pick(PROPERTIES), fail),
    () => Object.setPrototypeOf(target(), pick([null, value(), revoked({}), new Proxy({}, { get: fail })])),
    () => Object.freeze(target()),
    () => new Proxy([1, 2], { get: (of, name) => (name === "length" ? pick(LENGTHS) : Reflect.get(of, name)) }),
    () => ({ length: pick(LENGTHS), 0: value() }),
    () => endless(value),
    () => endless(fail),
    () => detached(new (pick([Uint8Array, Float64Array, Int16Array, ArrayBuffer, BigInt64Array]))(8)),
    outOfBounds,
    () => new Uint8Array(resizable()),
    () => new SharedArrayBuffer(8, /** @type {any} */ ({ maxByteLength: 64 })),
    target,
    () => realm.eval(pick(["[1, [2]]", "({ a: 1 })", "(x) => x", "new Proxy({}, {})", "(function* () { yield 1; })()", "Symbol.iterator",
      "new RangeError('realm')", "Object.create(null)", "globalThis", "Promise.reject(1)", "new Uint16Array(3)", "async () => 1"])),
    () => Promise.reject(value()),
    () => new Promise(() => {}),
    () => ({ then: fail }),
    () => ({ then: (/** @type {any} */ resolve, /** @type {any} */ reject) => { resolve(value()); reject(value()); fail(); } }),
    () => getter(Promise.resolve(1), "then", fail),
    () => Object.assign(new Error("e"), { name: value(), message: value(), stack: value(), cause: value() }),
    () => { const all = new Proxy(function () {}, { get: () => all, apply: () => all, construct: () => all }); return all; },
    () => { const loop = /** @type {any} */ ([]); loop.push(loop, new Map([[loop, loop]])); return loop; },
    () => (/** @type {any[]} */ ...all) => { grow(value()); return all[0] ?? fail(); },
  ];

  /** Change the size of a buffer that something may be reading. @param {any} x */
  function grow(x) {
    const buffer = x?.buffer ?? x;
    if (random(2)) buffer?.resize?.(random(64));
    else if (buffer instanceof ArrayBuffer && buffer.byteLength < 1e6) structuredClone(null, { transfer: [buffer] });
  }
}
