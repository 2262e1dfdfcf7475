// Checks that this JavaScript engine can run the main module.

import { LoadError } from "../errors.mjs";

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

// The smallest modules that use the main module's features. All but the last have one function of
// type () -> (), whose body follows.
/** @type {Record<string, number[]>} */
const FEATURES = {
  "WebAssembly exception handling": module([0x06, 0x40, 0x19, 0x0b]), // try catch_all end
  "WebAssembly SIMD": module([0x41, 0, 0xfd, 0x0f, 0x1a]), // i32.const 0, i8x16.splat, drop
  "WebAssembly reference types": module([0xd0, 0x6f, 0x1a]), // ref.null extern, drop
  "WebAssembly bulk memory": [...HEADER, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 5, 3, 1, 0, 1,
    10, 13, 1, 11, 0, 0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 0x0b, 0, 0x0b], // memory.fill
};

/** @param {number[]} body */
function module(body) {
  return [...HEADER, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, body.length + 4, 1, body.length + 2, 0, ...body, 0x0b];
}

/** @throws {LoadError} that names the missing features */
export function checkEngine() {
  if (typeof WebAssembly !== "object") {
    throw new LoadError("This browser has no WebAssembly (or it is switched off), so Python cannot run in it.");
  }
  const missing = Object.keys(FEATURES).filter((name) => !WebAssembly.validate(Uint8Array.from(FEATURES[name])));
  if (typeof BigInt64Array === "undefined") missing.push("BigInt");
  if (typeof DecompressionStream === "undefined") missing.push("DecompressionStream");
  if (missing.length) {
    throw new LoadError(`This JavaScript engine is too old to run Python: it lacks ${missing.join(", ")}.`);
  }
}
