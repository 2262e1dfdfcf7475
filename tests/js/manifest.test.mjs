// A manifest with a wrong field is refused with the field's name.

import assert from "node:assert/strict";
import { test } from "node:test";

import { LoadError } from "../../emscripten-forge/runtime/js/errors.mjs";
import { Files } from "../../emscripten-forge/runtime/js/fetch/files.mjs";
import { FORMAT, checkManifest } from "../../emscripten-forge/runtime/js/packages/manifest.mjs";

const files = new Files(new URL("https://pages.example/app/"), () => {}, new AbortController().signal);

/** @param {string} file */
function record(file) {
  return { file, size: 3, sha256: "0".repeat(64) };
}

function manifest() {
  return {
    format: FORMAT,
    python: "3.13.1",
    compressed: true,
    info: { python: "3.13.1" },
    builds: { python: "h0_0" },
    packages: { python: { name: "python", version: "1!3", file_name: "", package_type: "package", imports: ["os"], depends: [] } },
    runtime: { glue: record("python-0123456789abcdef.mjs"), wasm: record("python-0123456789abcdef.wasm") },
    base: { python: record("packages/python-0123456789abcdef.tar") },
    index: record("index-0123456789abcdef.json"),
    eager: [],
    channels: ["https://elsewhere.example/channel"],
    snapshots: [{ ...record("packages/snapshot-0123456789abcdef.bin"), imports: ["os"], parts: [0], modules: [] }],
  };
}

/** The manifest with another value in a field. @param {string} field @param {unknown} value */
function withField(field, value) {
  /** @type {any} */
  const changed = manifest();
  const steps = field.split(".");
  const last = /** @type {string} */ (steps.pop());
  const owner = steps.reduce((object, step) => object[step], changed);
  owner[last] = value;
  return changed;
}

/** @param {unknown} data */
function check(data) {
  return checkManifest(data, (file) => files.isBelow(file));
}

test("a right manifest is returned as it is", () => {
  assert.deepEqual(check(manifest()), manifest());
});

test("what is no object, or of another format, is no manifest", () => {
  for (const data of [null, 1, "text", [], true]) assert.throws(() => check(data), /manifest.json is not a bundle's/);
  assert.throws(() => check(withField("format", FORMAT + 1)), /manifest.json has format/);
});

const WRONG = [
  ["python", 3],
  ["compressed", "yes"],
  ["info", []],
  ["builds", null],
  ["builds.python", 1],
  ["packages", "python"],
  ["packages.python", null],
  ["packages.python.imports", "os"],
  ["packages.python.depends", [1]],
  ["runtime", undefined],
  ["runtime.glue", null],
  ["runtime.wasm.file", 7],
  ["runtime.wasm.size", -1],
  ["runtime.wasm.size", 1.5],
  ["base.python.size", "3"],
  ["base.python.sha256", "0"],
  ["base.python.sha256", undefined],
  ["index", {}],
  ["eager", {}],
  ["channels", [null]],
  ["snapshots", undefined],
  ["snapshots.0.parts", [-1]],
];

test("a field of another type is named", () => {
  for (const [field, value] of WRONG) {
    const name = String(field).replace(/\.(\d+)/, "[$1]").replaceAll(".", "\\.").replaceAll("[", "\\[");
    assert.throws(() => check(withField(String(field), value)), (error) => {
      assert(error instanceof LoadError && error.file === "manifest.json");
      assert.match(error.message, new RegExp(`^manifest.json is not a bundle's: ${name}`));
      return true;
    });
  }
});

const OUTSIDE = [
  "../secret.wasm", "a/../../secret.wasm", "%2e%2e/secret.wasm", "..\\secret.wasm", "/secret.wasm", "//elsewhere.example/x.wasm",
  "https://elsewhere.example/x.wasm", "https:x.wasm", "data:text/javascript,1", "javascript:1", "blob:x", "", "./x.wasm", "https://[",
];

test("a file outside the bundle's folder is refused, wherever it is named", () => {
  for (const name of OUTSIDE) {
    assert.throws(() => check(withField("runtime.glue.file", name)), /runtime\.glue\.file is .*, which is no file below/, name);
    assert.throws(() => check(withField("snapshots.0.file", name)), /snapshots\[0\]\.file is .*, which is no file below/, name);
  }
});

test("a file outside the bundle's folder is not fetched, either", async () => {
  await assert.rejects(files.bytes(record("../secret.wasm")), /\.\.\/secret\.wasm is not fetched/);
  assert.throws(() => files.bytesNow(record("https://elsewhere.example/x.wasm")), /is not fetched/);
});
