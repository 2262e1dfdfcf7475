// Random operations on a pool of values of both languages, the same ones for the same seed.

import { hostile, refill } from "./hostile.mjs";

const POOL = 40;
const OFTEN = 100; // operations between turns of the engine's event loop, and between proofs of life

/**
 * @param {any} python
 * @param {any} step Python's part: fuzz_steps.step
 * @param {number} seed
 * @param {number} count of operations
 * @param {any} realm another one than this: hostile.mjs
 * @returns {Promise<number>} how many of them threw
 * @throws if the interpreter has ended
 */
export async function fuzz(python, step, seed, count, realm) {
  const random = randomNumbers(seed);
  const pick = (/** @type {any[]} */ items) => items[random(items.length)];
  /** @type {any[]} */
  const pool = seeds();
  const { PyProxy } = python.ffi;
  const name = () => pick(["length", "append", "get", "pop", "then", "x", "0", "toString", "__len__", "copy", "keys", "next"]);
  const value = () => pick(pool);
  const rules = hostile(realm, random, value);
  const rebound = (/** @type {any} */ f) => (typeof f === "function" ? f : () => f);

  /** @type {((x: any) => any)[]} */
  const operations = [
    (x) => x[name()],
    (x) => { x[name()] = value(); },
    (x) => delete x[name()],
    (x) => name() in x,
    (x) => x(),
    (x) => x(value()),
    (x) => x(value(), value(), value()),
    (x) => x.callKwargs(value(), { key: value() }),
    (x) => x[name()](value()),
    (x) => new x(value()),
    (x) => [...take(x, 5)],
    (x) => x.next(value()),
    (x) => x.get(value()),
    (x) => x.set(value(), value()),
    (x) => x.has(value()),
    (x) => x.delete(value()),
    (x) => x.toJs({ depth: random(4) }),
    (x) => python.toPy(x, { depth: random(4) }),
    (x) => String(x),
    (x) => JSON.stringify(Object.keys(x)),
    (x) => x.copy(),
    (x) => (random(4) ? undefined : x.destroy()),
    (x) => x.getBuffer().release(),
    (x) => x.map(rebound(value())),
    (x) => x.sort(rebound(value())),
    (x) => x.splice(random(3), random(3), value()),
    (x) => Object.getOwnPropertyDescriptor(x, name()),
    () => () => { throw new Error("from a callback"); },
    () => (/** @type {any[]} */ ...all) => step(random(1000), all.length ? all : pool),
    (x) => x.resize(random(64)),
    (x) => structuredClone(x, { transfer: [x.buffer ?? x] }),
    (x) => x.then(rebound(value()), rebound(value())),
    (x) => x.callPromising(value()),
    (x) => python.pyimport("builtins.list")(x),
    (x) => python.registerJsModule("fuzzed", x),
    (x) => python.runPython("list(locals())", { globals: x, locals: value() }),
    (x) => python.setStdout({ write: rebound(x) }),
    () => python.runPython("print(end='t', flush=True)"),
    () => step(random(1000), pool),
    () => step(random(1000), pool),
    () => step(random(1000), pool),
    () => step(random(1000), [value(), value(), value()]),
    () => pick(seeds()),
    ...Array(12).fill(() => pick(rules)()),
  ];

  const alive = (/** @type {number} */ i) => {
    try {
      if (python.runPython("1 + 1") === 2) return;
    } catch (error) {
      throw new Error(`seed ${seed}, before operation ${i}: ${error}`, { cause: error });
    }
  };

  let thrown = 0;
  const ignore = () => {};
  globalThis.process?.on("unhandledRejection", ignore);
  for (let i = 0; i < count; i++) {
    refill();
    try {
      pool[random(POOL)] = pick(operations)(value());
    } catch {
      thrown += 1;
    }
    if (i % OFTEN === 0) {
      await new Promise((resolve) => setTimeout(resolve));
      alive(i);
    }
  }
  python.setStdout({ batched: () => {} });
  alive(count);
  for (const each of pool) if (isProxy(each)) each.destroy();
  await new Promise((resolve) => setTimeout(resolve));
  alive(count);
  globalThis.process?.off("unhandledRejection", ignore);
  return thrown;

  /** @param {any} value */
  function isProxy(value) {
    try {
      return value instanceof PyProxy;
    } catch {
      return false;
    }
  }

  function seeds() {
    return [
      undefined, null, true, -1, 2 ** 53, 5n, "text", {}, [1, [2]], new Map([[1, 2]]), new Set([1]), new Uint8Array(8),
      new Error("seed"), (/** @type {any} */ x) => x, [1, 2][Symbol.iterator](), Symbol("s"), new Date(0), step,
      ...["[1, 2]", "{'x': 1}", "(1, 'a')", "{1, 2}", "b'ab'", "bytearray(8)", "iter([1, 2])", "(i for i in range(3))",
        "len", "dict", "object()", "ValueError('x')", "1j", "lambda *a: a", "range(3)"].map((code) => python.runPython(code)),
    ];
  }
}

/** @param {Iterable<any>} items @param {number} count */
function* take(items, count) {
  for (const item of items) {
    if (count-- <= 0) return;
    yield item;
  }
}

/** Numbers below a limit, from a linear congruential generator. @param {number} seed */
function randomNumbers(seed) {
  let state = BigInt(seed) * 2n + 1n;
  return (/** @type {number} */ limit) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number((state >> 33n) % BigInt(limit));
  };
}
