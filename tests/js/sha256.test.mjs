// SHA-256: the browser's and our own give what node's crypto gives.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { sha256, sha256Now } from "../../emscripten-forge/runtime/js/fetch/sha256.mjs";

/** @param {number} length in bytes */
const some = (length) => Uint8Array.from({ length }, (_, index) => (index * 151 + length) % 256);

/** @param {Uint8Array} bytes */
const expected = (bytes) => createHash("sha256").update(bytes).digest("hex");

test("the digest of 'abc' is the standard's", () => {
  const abc = new TextEncoder().encode("abc");
  assert.equal(sha256Now(abc), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

// Padding needs another block from 56 bytes in the last one on.
for (const length of [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000, 100_003]) {
  test(`the digest of ${length} bytes`, async () => {
    const bytes = some(length);
    assert.equal(sha256Now(bytes), expected(bytes));
    assert.equal(await sha256(bytes), expected(bytes));
  });
}

test("a view that begins within its buffer", async () => {
  const bytes = some(300).subarray(7, 207);
  assert.equal(sha256Now(bytes), expected(bytes));
  assert.equal(await sha256(bytes), expected(bytes));
});

test("without SubtleCrypto the digest is the same", async (t) => {
  const crypto = Object.getOwnPropertyDescriptor(globalThis, "crypto");
  Object.defineProperty(globalThis, "crypto", { value: undefined, configurable: true });
  t.after(() => Object.defineProperty(globalThis, "crypto", /** @type {PropertyDescriptor} */ (crypto)));
  assert.equal(await sha256(some(200)), expected(some(200)));
});
