// The command that takes a snapshot of a bundle's Python, for `wasmforge bundle --snapshot`:
//   node make-snapshot.mjs BUNDLE FILE < PROGRAM
// It runs the Python program, writes the file, and prints which of the bundle's parts and side modules are in it, as JSON.
// The same bundle and program give the same bytes.

import { readFileSync, writeFileSync } from "node:fs";
import nodeCrypto from "node:crypto";
import { pathToFileURL } from "node:url";

import { Files } from "../fetch/files.mjs";
import { readPart } from "../packages/late-files.mjs";
import { Packages } from "../packages/packages.mjs";
import { take } from "../packages/snapshot.mjs";
import { PREFIX, boot, makeSitePackages, startModule } from "../interpreter/start.mjs";
import { Streams } from "../system/streams.mjs";
import { consoleStreams } from "../system/terminal.mjs";

const FIXED_TIME = Date.UTC(2020, 0, 1);
// Environment variables that depend on the visitor, with fixed values.
const ENVIRONMENT = { LANG: "C.UTF-8", _: "./this.program" };
const SMALLEST = 16; // bytes that are allocated
const CODE = /\.pyc?$/;

const [folder, file] = process.argv.slice(2);
try {
  makeRepeatable();
  await main();
} catch (error) {
  console.error(/** @type {Error} */ (error).message);
  process.exitCode = 1;
}

async function main() {
  const files = new Files(pathToFileURL(`${folder}/`), () => {}, new AbortController().signal);
  /** @type {import("../packages/packages.mjs").Manifest} */
  const manifest = await files.json("manifest.json");
  const packages = new Packages(files, manifest, PREFIX);
  const PYTHONHASHSEED = `${parseInt(manifest.runtime.wasm.sha256.slice(0, 8), 16)}`;
  const { module, bridge } = await startModule(files, manifest.runtime, { ...ENVIRONMENT, PYTHONHASHSEED });
  const streams = new Streams(module, bridge, consoleStreams());
  packages.attach(module, await Promise.all(Object.values(manifest.base).map((record) => files.bytes(record))));
  await packages.loadBase();
  await packages.load(Object.keys(manifest.packages));
  makeSitePackages(module.FS, manifest.python);
  const failure = boot(module, bridge, manifest.python, []);
  if (failure) throw new Error(`Python did not start (${failure})`);
  const names = bridge.callFunction("_wasmforge_snapshot", "prepare", readFileSync(0, "utf8")).split(" ");
  streams.flush();
  checkIsolated(module.FS, bridge);
  clearFree(module);
  const index = await packages.index();
  // Include the parts that these need: a module's folder must contain its package's own module.
  const units = new Set(names.flatMap((/** @type {string} */ name) => index.forImport(name)?.units ?? []));
  const parts = index.parts.flatMap((part, number) => (units.has(part) ? [{ part, number }] : []));
  const described = await Promise.all(parts.map(({ part, number }) => describe(files, part, number)));
  const linkage = module.describeLinkage();
  const loaded = new Set(linkage.modules.map((/** @type {{path: string}} */ { path }) => path));
  const modules = index.modules.flatMap(({ path }, number) => (loaded.has(`${PREFIX}/${path}`) ? [number] : []));
  writeFileSync(file, take(module, linkage, described));
  console.log(JSON.stringify({ parts: parts.map(({ number }) => number), modules }));
}

/**
 * A part's contents, for `take`.
 * @param {Files} files
 * @param {import("../packages/bundle-index.mjs").Part} part
 * @param {number} number
 */
async function describe(files, part, number) {
  const { entries, late } = readPart(part.archive ? await files.bytes(part.archive) : new Uint8Array(0));
  const own = entries.filter(({ type }) => type !== "folder");
  /** @type {import("../packages/late-files.mjs").Place[]} */
  const code = own.filter(({ path }) => CODE.test(path)).map(({ path, bytes }) => [path, bytes.length, bytes.byteOffset]);
  return { number, files: own.filter(({ path }) => !CODE.test(path)), code, late };
}

/** Check that the state depends on nothing in this process. @param {any} FS @param {typeof import("../bridge/index.mjs")} bridge */
function checkIsolated(FS, bridge) {
  const open = FS.streams.slice(3).filter(Boolean).map((/** @type {{path: string}} */ { path }) => path);
  if (open.length) throw new Error(`the program has left a file open: ${open.join(", ")}`);
  const { proxies, handles } = bridge.live();
  if (proxies || handles) throw new Error("the program keeps objects of JavaScript");
}

/** Zero the free memory, so that the snapshot can leave it out: allocate all of it. @param {any} module emscripten's */
function clearFree(module) {
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = () => {
    throw new RangeError("no more memory");
  };
  const taken = [];
  for (let size = 1 << 24; size >= SMALLEST; size >>= 1) {
    for (let at; (at = module._malloc(size) >>> 0); taken.push(at)) module.HEAPU8.fill(0, at, at + size);
  }
  for (const at of taken) module._free(at);
  WebAssembly.Memory.prototype.grow = grow;
}

/** Fix time, random numbers and the time zone. An interpreter that starts from the snapshot sets its own. */
function makeRepeatable() {
  process.env.TZ = "UTC";
  Date.now = () => FIXED_TIME;
  performance.now = () => 0;
  let state = 1;
  nodeCrypto.randomFillSync = /** @type {any} */ ((/** @type {Uint8Array} */ view) => {
    for (let i = 0; i < view.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0; // Numerical Recipes' generator
      view[i] = state >>> 24;
    }
    return view;
  });
}
