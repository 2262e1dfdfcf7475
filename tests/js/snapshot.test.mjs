// A snapshot holds memory, the linkage and files; restoring gives back what was taken.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Snapshot, take } from "../../emscripten-forge/runtime/js/packages/snapshot.mjs";
import { LoadError } from "../../emscripten-forge/runtime/js/errors.mjs";

const PAGE = 65536;
const linkage = { modules: [{ path: "/lib/a.so" }] };

/** Memory with a few bytes set. @param {Record<number, number>} values by address */
function memory(values, pages = 2) {
  const heap = new Uint8Array(pages * PAGE);
  for (const [at, value] of Object.entries(values)) heap[Number(at)] = value;
  return heap;
}

/** What restore uses of emscripten's module. @param {Uint8Array} heap of a new interpreter */
function target(heap) {
  /** @type {any[]} */
  const calls = [];
  return { HEAPU8: heap, calls, restoreLinkage: async (/** @type {any[]} */ ...args) => void calls.push(args) };
}

const file = (/** @type {string} */ path, /** @type {string} */ text) =>
  /** @type {const} */ ({ path, type: "file", mode: 0o644, target: "", bytes: new TextEncoder().encode(text) });

test("memory is restored, zeros included", async () => {
  const heap = memory({ 0: 1, 4095: 2, 4096: 3, 70_000: 4, [2 * PAGE - 1]: 5 });
  const bytes = take({ HEAPU8: heap }, linkage, []);
  assert.ok(bytes.length < heap.length / 4, "blocks of zeros are in the snapshot");
  const module = target(new Uint8Array(heap.length).fill(0xff));
  const isLarge = () => false;
  await new Snapshot(bytes, "x.snapshot").restore(module, isLarge);
  assert.deepEqual(module.HEAPU8, heap);
  assert.deepEqual(module.calls, [[linkage, heap.length, isLarge]]);
});

test("memory beyond that of the snapshot stays as it is", async () => {
  const module = target(new Uint8Array(3 * PAGE).fill(7));
  await new Snapshot(take({ HEAPU8: memory({ 10: 1 }) }, linkage, []), "x.snapshot").restore(module, () => false);
  assert.equal(module.HEAPU8[2 * PAGE - 1], 0);
  assert.equal(module.HEAPU8[2 * PAGE], 7);
});

test("a part has its data files and the places of its other files", () => {
  const parts = [
    { number: 3, files: [file("a.txt", "first"), file("empty", "")], code: [["a.pyc", 10, 512]], late: [[["a.py", 20]]] },
    { number: 8, files: [file("b.txt", "second")], code: [], late: [] },
  ];
  const bytes = take({ HEAPU8: memory({ 5: 9 }) }, linkage, /** @type {any} */ (parts));
  const snapshot = new Snapshot(bytes, "x.snapshot");
  assert.deepEqual(snapshot.part(3), { files: parts[0].files, code: parts[0].code, late: parts[0].late });
  assert.deepEqual(snapshot.part(8).files, parts[1].files);
  assert.notEqual(snapshot.part(8).files[0].bytes.buffer, bytes.buffer, "the file keeps the whole snapshot in memory");
});

test("a damaged snapshot is a LoadError with the file's name", () => {
  const bytes = take({ HEAPU8: memory({}) }, linkage, []).fill(0x21, 4, 8);
  assert.throws(() => new Snapshot(bytes, "x.snapshot"), (error) => {
    assert.ok(error instanceof LoadError);
    assert.equal(error.file, "x.snapshot");
    assert.match(error.message, /^x\.snapshot could not be used/);
    return true;
  });
});

test("side modules that cannot be linked are a LoadError with the file's name", async () => {
  const module = { HEAPU8: memory({}), restoreLinkage: () => Promise.reject(new Error("no table")) };
  const snapshot = new Snapshot(take({ HEAPU8: memory({}) }, linkage, []), "x.snapshot");
  await assert.rejects(snapshot.restore(module, () => false), { name: "LoadError", message: "x.snapshot could not be used (no table)" });
});
