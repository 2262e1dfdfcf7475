// The command `python` under node: runs the prefix that this file is installed in, with the
// machine's own files visible, or, if node's Permission Model is on, with those that it allows. The exit code is Python's.
//
// Python runs in a separate thread. The main thread stays free to receive Ctrl-C and passes it on to Python as a signal. A
// second Ctrl-C ends the command if Python has not taken the first. Where the Permission Model is on, Python runs in the main
// thread and Ctrl-C ends it: who may start threads may start one without limits.

import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import v8 from "node:v8";
import { isMainThread, Worker, workerData } from "node:worker_threads";

import { checkEngine } from "../interpreter/engine.mjs";
import * as errors from "../errors.mjs";
import { Streams } from "../system/streams.mjs";
import { nodeStreams } from "../system/terminal.mjs";
import { isLimited, mountAllowed } from "./sandbox.mjs";

// Emscripten's own; the machine's cannot be reached through its file system.
const NOT_MOUNTED = new Set(["dev", "proc", "sys"]);
const ABORTED = 128 + 6; // as if by SIGABRT
const SIGINT = 2;
const INTERRUPTED = 128 + SIGINT;
// Stack of suspendable calls, in bytes. Node's default suits pages with many of them.
const STACK_SIZE = 16 << 20;
const USABLE_STACK_SIZE = STACK_SIZE / 2; // the size that Python is told: it can only guess how much of the stack is used

const here = path.dirname(fileURLToPath(import.meta.url));
const prefix = path.resolve(here, "../..");

if (isLimited()) process.exit(await main(process.argv.slice(2), new Uint8Array(1)));
else if (isMainThread) startThread();
else process.exit(await main(workerData.args, workerData.interrupts));

function startThread() {
  if (parseInt(process.versions.node) >= 24) {
    v8.setFlagsFromString("--experimental-wasm-jspi");
    v8.setFlagsFromString(`--wasm-stack-switching-stack-size=${STACK_SIZE >> 10}`);
    // V8 lets no stack grow beyond this one.
    v8.setFlagsFromString(`--stack-size=${STACK_SIZE >> 10}`);
  }
  const interrupts = new Uint8Array(new SharedArrayBuffer(1));
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { args: process.argv.slice(2), interrupts },
    resourceLimits: { stackSizeMb: STACK_SIZE >> 20 },
    stdin: false,
  });
  process.on("SIGINT", () => {
    if (interrupts[0]) process.exit(INTERRUPTED);
    interrupts[0] = SIGINT;
  });
  worker.on("error", (error) => {
    console.error(error);
    process.exit(ABORTED);
  });
  worker.on("exit", (code) => process.exit(code));
}

/** @param {string[]} args @param {Uint8Array} interrupts where the number of a signal is written */
async function main(args, interrupts) {
  checkEngine();
  const compiled = WebAssembly.compile(fs.readFileSync(path.join(here, "python.wasm")));
  // @ts-ignore made by the build of wasmforge-core
  const { default: factory } = await import("./glue.mjs");
  // @ts-ignore made by build.sh
  const { makeBridge } = await import("./bridge.mjs");
  const bridge = makeBridge();
  const module = await factory({
    preRun: (/** @type {any} */ module) => Object.assign(module.ENV, process.env, { LD_LIBRARY_PATH: path.join(prefix, "lib") }),
    instantiateWasm: (/** @type {WebAssembly.Imports} */ imports, /** @type {any} */ done) => {
      compiled.then(async (wasm) => done(await bridge.instantiate(wasm, imports, errors), wasm));
      return {};
    },
  });
  bridge.start(module);
  bridge.connectFiles(module.FS);
  if (isLimited()) mountAllowed(module);
  else mountMachine(module.FS);
  if (module.FS.analyzePath(process.cwd()).exists) module.FS.chdir(process.cwd());
  new Streams(module, bridge, nodeStreams(fs));
  bridge.useInterruptBuffer(interrupts);
  return runMain(module, bridge, args);
}

/** @param {any} module @param {typeof import("../bridge/index.mjs")} bridge @param {string[]} args */
async function runMain(module, bridge, args) {
  const executable = path.join(prefix, "bin/python3");
  try {
    const argv = [executable, ...args].map((text) => module.stringToNewUTF8(text));
    const list = module._malloc(4 * argv.length);
    argv.forEach((pointer, index) => (module.HEAPU32[list / 4 + index] = pointer));
    const code = module._wf_start_command(module.stringToNewUTF8(prefix), argv[0], argv.length, list);
    if (code >= 0) return code;
    bridge.callFunction("_wasmforge_modules", "register_js_module", "js", globalThis);
    if (bridge.canSuspend()) await bridge.callSuspendable("wf_run_command", USABLE_STACK_SIZE);
    else module._wf_run_command(0);
  } catch (error) {
    // Thrown by C's exit, here or under a call from JavaScript.
    const end = /** @type {any} */ (error);
    if (end?.name === "ExitStatus" || end instanceof errors.Exit) return end.status;
    console.error(error);
    return ABORTED;
  }
}

/** Mount each folder of the machine's root. @param {any} FS */
function mountMachine(FS) {
  for (const entry of fs.readdirSync("/", { withFileTypes: true })) {
    const place = `/${entry.name}`;
    if (NOT_MOUNTED.has(entry.name)) continue;
    if (entry.isSymbolicLink()) {
      FS.symlink(fs.readlinkSync(place), place);
    } else if (entry.isDirectory()) {
      if (!FS.analyzePath(place).exists) FS.mkdir(place);
      FS.mount(FS.filesystems.NODEFS, { root: place }, place);
    }
  }
}
