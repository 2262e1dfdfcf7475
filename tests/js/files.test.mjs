// Files fetches from a real server on this machine: each file is checked, retried, continued and reported.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

import { LoadError } from "../../emscripten-forge/runtime/js/errors.mjs";
import { Files } from "../../emscripten-forge/runtime/js/fetch/files.mjs";
import { RETRIES } from "../../emscripten-forge/runtime/js/fetch/retry.mjs";
import { serve } from "./server.mjs";

/** @typedef {import("node:http").RequestListener} RequestListener @typedef {import("node:test").TestContext} TestContext */

const CONTENT = Buffer.from(Array.from({ length: 20_000 }, (_, index) => (index * 7) % 251));
const EMPTY_MODULE = Buffer.from("\0asm\x01\0\0\0", "latin1");

/** @param {string} file @param {Buffer} bytes */
function record(file, bytes) {
  return { file, size: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/**
 * @param {TestContext} t
 * @param {RequestListener} answer
 */
async function filesFrom(t, answer) {
  const { url, requests } = await serve(t, answer);
  /** @type {import("../../emscripten-forge/runtime/js/fetch/files.mjs").Progress[]} */
  const progress = [];
  const controller = new AbortController();
  const files = new Files(url, (step) => progress.push(step), controller.signal);
  return { files, requests, progress, controller };
}

/** Make the pauses between retries zero: their length is a multiple of a half plus this number. @param {TestContext} t */
function skipPauses(t) {
  t.mock.method(Math, "random", () => -0.5);
}

/** The answers in their order; the last one is repeated. @param {RequestListener[]} answers @returns {RequestListener} */
function inOrder(...answers) {
  let count = 0;
  return (request, response) => answers[Math.min(count++, answers.length - 1)](request, response);
}

/** @param {Buffer} bytes @returns {RequestListener} */
const send = (bytes) => (_, response) => response.end(bytes);

/** @param {number} status @returns {RequestListener} */
const refuse = (status) => (_, response) => response.writeHead(status).end();

/** Announce all of the content, send a part, and close the connection. @type {RequestListener} */
function breakOff(_, response) {
  response.writeHead(200, { "Content-Length": CONTENT.length });
  response.write(CONTENT.subarray(0, 8000), () => setImmediate(() => response.destroy()));
}

/** The rest that is asked for. @type {RequestListener} */
function sendRest(request, response) {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1]);
  response.writeHead(206, { "Content-Range": `bytes ${from}-${CONTENT.length - 1}/${CONTENT.length}` }).end(CONTENT.subarray(from));
}

// ---- checks ----

test("a file is read, checked and reported", async (t) => {
  const { files, progress } = await filesFrom(t, send(CONTENT));
  const bytes = await files.bytes(record("a.bin", CONTENT));
  assert.ok(CONTENT.equals(bytes));
  const { length } = CONTENT;
  assert.deepEqual(progress.at(-1), { phase: "fetch", name: "a.bin", loaded: length, total: length });
});

for (const [what, sent, message] of /** @type {[string, Buffer, RegExp][]} */ ([
  ["other bytes", Buffer.alloc(CONTENT.length), /^a\.bin is damaged: its sha256 is \w{64}, the manifest says \w{64}$/],
  ["fewer bytes", CONTENT.subarray(1), /^a\.bin is truncated: 19999 of 20000 bytes$/],
  ["more bytes", Buffer.concat([CONTENT, CONTENT]), /^a\.bin is not the bundle's: 40000 bytes, not 20000$/],
])) {
  test(`${what} than the manifest says are an error after the last retry`, async (t) => {
    skipPauses(t);
    const { files, requests } = await filesFrom(t, send(sent));
    await assert.rejects(files.bytes(record("a.bin", CONTENT)), (error) => {
      assert.ok(error instanceof LoadError);
      assert.equal(error.file, "a.bin");
      assert.match(error.message, message);
      return true;
    });
    assert.equal(requests.length, 1 + RETRIES);
    // The browser's cache may hold the damaged file.
    assert.deepEqual(requests.map(({ headers }) => headers["cache-control"]).slice(0, 2), [undefined, "no-cache"]);
  });
}

// ---- retries ----

test("damage that passes is overcome", async (t) => {
  skipPauses(t);
  const { files } = await filesFrom(t, inOrder(send(Buffer.alloc(CONTENT.length)), send(CONTENT)));
  assert.ok(CONTENT.equals(await files.bytes(record("a.bin", CONTENT))));
});

test("a server that is overloaded for a moment is asked again", async (t) => {
  skipPauses(t);
  const { files, requests } = await filesFrom(t, inOrder(refuse(503), refuse(429), send(CONTENT)));
  assert.ok(CONTENT.equals(await files.bytes(record("a.bin", CONTENT))));
  assert.equal(requests.length, 3);
});

test("a missing file is an error at once", async (t) => {
  const { files, requests } = await filesFrom(t, refuse(404));
  await assert.rejects(files.bytes(record("a.bin", CONTENT)), { name: "LoadError", message: "a.bin is missing: the server answers 404 Not Found" });
  assert.equal(requests.length, 1);
});

test("no server there", async (t) => {
  skipPauses(t);
  const files = new Files(new URL("http://127.0.0.1:1/"), () => {}, new AbortController().signal);
  await assert.rejects(files.bytes(record("a.bin", CONTENT)), { name: "LoadError", message: /^a\.bin could not be fetched \(/ });
});

// ---- broken connections ----

test("a broken transfer is continued where it broke", async (t) => {
  skipPauses(t);
  const { files, requests, progress } = await filesFrom(t, inOrder(breakOff, sendRest));
  assert.ok(CONTENT.equals(await files.bytes(record("a.bin", CONTENT))));
  assert.equal(requests.length, 2);
  const loaded = progress.map((step) => step.loaded);
  assert.deepEqual(loaded, [...loaded].sort((a, b) => a - b), "the file began anew");
});

test("where the server cannot continue, the file is fetched again", async (t) => {
  skipPauses(t);
  const { files, requests } = await filesFrom(t, inOrder(breakOff, send(CONTENT), send(CONTENT)));
  assert.ok(CONTENT.equals(await files.bytes(record("a.bin", CONTENT))));
  assert.deepEqual(requests.map(({ headers }) => headers.range), [undefined, requests[1].headers.range, undefined]);
});

test("a connection that always breaks is an error that says where", async (t) => {
  skipPauses(t);
  const { files } = await filesFrom(t, (request, response) => (request.headers.range ? refuse(503) : breakOff)(request, response));
  const message = /^a\.bin is truncated: the connection broke after \d+ of 20000 bytes \(/;
  await assert.rejects(files.bytes(record("a.bin", CONTENT)), { name: "LoadError", message });
});

test("an abort ends a transfer with its reason", async (t) => {
  const { files, controller } = await filesFrom(t, (_, response) => response.write("begun"));
  const result = files.bytes(record("a.bin", CONTENT));
  setTimeout(() => controller.abort(new Error("stopped")), 20);
  await assert.rejects(result, { message: "stopped" });
});

// ---- compression ----

test("from a host that does not compress, the .gz beside a file is fetched", async (t) => {
  const zipped = gzipSync(CONTENT);
  const { files, requests } = await filesFrom(t, (request, response) => response.end(request.url?.endsWith(".gz") ? zipped : CONTENT));
  for (const name of ["a.tar", "b.tar"]) assert.ok(CONTENT.equals(await files.compressible(record(name, CONTENT))));
  // The first file shows it; the next is not asked for in vain.
  assert.deepEqual(requests.map(({ url }) => url), ["/a.tar", "/a.tar.gz", "/b.tar.gz"]);
});

test("a host that compresses is asked for the plain names only", async (t) => {
  const { files, requests } = await filesFrom(t, (_, response) => {
    response.writeHead(200, { "Content-Encoding": "gzip" }).end(gzipSync(CONTENT));
  });
  for (const name of ["a.tar", "b.tar"]) assert.ok(CONTENT.equals(await files.compressible(record(name, CONTENT))));
  assert.deepEqual(requests.map(({ url }) => url), ["/a.tar", "/b.tar"]);
});

test("a bundle without compressed files is not asked for them", async (t) => {
  const { files, requests } = await filesFrom(t, send(CONTENT));
  files.compressed = false;
  assert.ok(CONTENT.equals(await files.compressible(record("a.tar", CONTENT))));
  assert.deepEqual(requests.map(({ url }) => url), ["/a.tar"]);
});

// ---- JSON, WebAssembly ----

test("JSON is asked for anew and parsed", async (t) => {
  const { files } = await filesFrom(t, send(Buffer.from('{"format": 3}')));
  assert.deepEqual(await files.json("manifest.json"), { format: 3 });
});

test("JSON that is cut off is fetched again, then an error", async (t) => {
  skipPauses(t);
  const { files, requests } = await filesFrom(t, send(Buffer.from('{"format": ')));
  await assert.rejects(files.json("manifest.json"), { name: "LoadError", message: /^manifest\.json is not complete, or is not JSON/ });
  assert.equal(requests.length, 1 + RETRIES);
});

for (const type of ["application/wasm", "application/octet-stream"]) {
  test(`WebAssembly sent as ${type} is compiled`, async (t) => {
    const { files } = await filesFrom(t, (_, response) => response.writeHead(200, { "Content-Type": type }).end(EMPTY_MODULE));
    const { module, bytes } = await files.module(record("a.wasm", EMPTY_MODULE));
    assert.ok(module instanceof WebAssembly.Module);
    assert.ok(EMPTY_MODULE.equals(bytes));
  });
}

test("WebAssembly that the engine cannot compile", async (t) => {
  const { files } = await filesFrom(t, send(CONTENT));
  await assert.rejects(files.module(record("a.wasm", CONTENT)), { name: "LoadError", message: /cannot compile a\.wasm/ });
});

// ---- order, local files ----

test("six transfers run at once", async (t) => {
  let open = 0;
  let most = 0;
  const { files } = await filesFrom(t, (_, response) => {
    most = Math.max(most, ++open);
    setTimeout(() => {
      open--;
      response.end(CONTENT);
    }, 30);
  });
  await Promise.all(Array.from({ length: 15 }, (_, index) => files.bytes(record(`${index}.bin`, CONTENT))));
  assert.equal(most, 6);
});

test("files of this machine, with and without waiting", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "wasmforge-files-"));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "a.bin"), CONTENT);
  writeFileSync(join(folder, "a.wasm"), EMPTY_MODULE);
  const files = new Files(pathToFileURL(`${folder}/`), () => {}, new AbortController().signal);
  assert.equal(files.canFetchNow, true);
  assert.ok(CONTENT.equals(await files.bytes(record("a.bin", CONTENT))));
  assert.ok(CONTENT.equals(await files.compressible(record("a.bin", CONTENT))));
  assert.ok(CONTENT.equals(files.bytesNow(record("a.bin", CONTENT))));
  assert.ok((await files.module(record("a.wasm", EMPTY_MODULE))).module instanceof WebAssembly.Module);
  await assert.rejects(files.bytes(record("b.bin", CONTENT)), { name: "LoadError", message: /^b\.bin is missing/ });
  assert.throws(() => files.bytesNow(record("b.bin", CONTENT)), { name: "LoadError", message: /^b\.bin is missing/ });
  assert.throws(() => files.bytesNow(record("a.bin", EMPTY_MODULE)), /^LoadError: a\.bin is not the bundle's/);
  assert.throws(() => files.bytesNow({ ...record("a.bin", CONTENT), sha256: "0" }), /^LoadError: a\.bin is damaged/);
});
