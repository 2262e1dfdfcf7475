// retry repeats work after transient errors, with growing pauses, until its signal is aborted.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";

import { RETRIES, isTransient, isTransientStatus, pause, retry, transient } from "../../emscripten-forge/runtime/js/fetch/retry.mjs";

const never = new AbortController().signal;

/** Let pending promises settle, then let the clock pass all pauses. @param {import("node:test").TestContext} t */
async function passPauses(t) {
  for (let step = 0; step <= RETRIES; step++) {
    await turn();
    t.mock.timers.tick(60_000);
  }
}

test("work is repeated after transient errors and told how often it has failed", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  /** @type {number[]} */
  const failures = [];
  const result = retry(never, async (failed) => {
    failures.push(failed);
    if (failed < 2) throw transient(new Error("lost"));
    return "done";
  });
  await passPauses(t);
  assert.equal(await result, "done");
  assert.deepEqual(failures, [0, 1, 2]);
});

test("the last error is thrown after the last retry", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const result = assert.rejects(
    retry(never, async (failed) => {
      throw transient(new Error(`failure ${failed}`));
    }),
    { message: `failure ${RETRIES}` },
  );
  await passPauses(t);
  await result;
});

test("other errors are thrown at once", async () => {
  let calls = 0;
  const work = async () => {
    calls++;
    throw new Error("not found");
  };
  await assert.rejects(retry(never, work), /not found/);
  assert.equal(calls, 1);
});

test("an abort ends a pause at once", async () => {
  const controller = new AbortController();
  const result = retry(controller.signal, async () => {
    throw transient(new Error("lost"));
  });
  await turn();
  controller.abort(new Error("stopped"));
  await assert.rejects(result, /stopped/);
});

test("nothing is begun after an abort", async () => {
  const controller = new AbortController();
  controller.abort(new Error("stopped"));
  await assert.rejects(retry(controller.signal, () => assert.fail("begun")), /stopped/);
  await assert.rejects(pause(controller.signal, 0), /stopped/);
});

test("pauses grow: each is half to one and a half times twice the last one's mean", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  for (const [failures, mean] of [[0, 250], [1, 500], [2, 1000]]) {
    let over = false;
    const waiting = pause(never, failures).then(() => (over = true));
    t.mock.timers.tick(mean / 2 - 1);
    await turn();
    assert.equal(over, false, `pause ${failures} is over too early`);
    t.mock.timers.tick(mean + 1);
    await turn();
    assert.equal(over, true, `pause ${failures} is not over`);
    await waiting;
  }
});

test("which statuses and errors are transient", () => {
  assert.deepEqual([200, 206, 403, 404, 410, 501].filter(isTransientStatus), []);
  assert.deepEqual([408, 429, 500, 502, 503, 504].filter((status) => !isTransientStatus(status)), []);
  assert.equal(isTransient(transient(new Error())), true);
  for (const value of [new Error(), undefined, "lost", { transient: true }]) assert.equal(isTransient(value), false);
});
