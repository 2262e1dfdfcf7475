// Queue runs a few works at a time, in the order they came.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";

import { Queue } from "../../emscripten-forge/runtime/js/fetch/queue.mjs";

/** Works that end when told: `ends[i]()`. */
function steps() {
  /** @type {string[]} */
  const started = [];
  /** @type {Record<string, () => void>} */
  const ends = {};
  const work = (/** @type {string} */ name) => () => {
    started.push(name);
    return new Promise((resolve) => (ends[name] = () => resolve(name)));
  };
  return { started, ends, work };
}

test("no more works run at once than the limit, and the waiting ones start in order", async () => {
  const queue = new Queue(2);
  const { started, ends, work } = steps();
  const results = ["a", "b", "c", "d"].map((name) => queue.run(work(name)));
  await turn();
  assert.deepEqual(started, ["a", "b"]);
  ends.b();
  await turn();
  assert.deepEqual(started, ["a", "b", "c"]);
  ends.a();
  await turn();
  assert.deepEqual(started, ["a", "b", "c", "d"]);
  ends.c();
  ends.d();
  assert.deepEqual(await Promise.all(results), ["a", "b", "c", "d"]);
});

test("a failed work gives its place to the next", async () => {
  const queue = new Queue(1);
  const failing = queue.run(() => Promise.reject(new Error("lost")));
  const next = queue.run(async () => "next");
  await assert.rejects(failing, /lost/);
  assert.equal(await next, "next");
});

test("a queue that has been idle still keeps to the limit", async () => {
  const queue = new Queue(1);
  await queue.run(async () => {});
  const { started, ends, work } = steps();
  const results = ["a", "b"].map((name) => queue.run(work(name)));
  await turn();
  assert.deepEqual(started, ["a"]);
  ends.a();
  await turn();
  ends.b();
  await Promise.all(results);
});
