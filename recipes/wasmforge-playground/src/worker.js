// Python's side of the page: a module worker that owns the interpreter.
//
// From the page: {type: "start", baseURL, interrupts, counter, code}, {type: "run", code}.
// To the page:   {type: "progress", …onProgress}, {type: "ready", version, seconds},
//                {type: "warm"}, {type: "output", pieces},
//                {type: "done", report, seconds}, {type: "failed", message}, {type: "crashed", message}.
// Messages are handled one after the other, in the order in which they came.

import cell from "./cell.py";
import { BatchedOutput } from "./batched-output.js";
import { Flow } from "./flow.js";

const MODULE = "wasmforge_playground";
const FOLDER = "/playground";

const output = new BatchedOutput(sendOutput);
let python = null;
let flow = new Flow(null);
let interrupts = null;
let last = Promise.resolve();

addEventListener("message", ({ data }) => {
  last = last.then(() => (data.type === "start" ? start(data) : run(data)));
});

/** Load the interpreter, then, with the page already usable, the packages its first program imports. */
async function start({ baseURL, interrupts: shared, counter, code }) {
  const begin = performance.now();
  interrupts = shared;
  flow = new Flow(counter);
  try {
    const { loadPython } = await import(new URL("bootstrap.mjs", baseURL).href);
    python = await loadPython({ baseURL, onProgress });
    python.setStdout({ write: output.writer("stdout") });
    python.setStderr({ write: output.writer("stderr") });
    if (interrupts) python.setInterruptBuffer(interrupts);
    python.FS.mkdirTree(FOLDER);
    python.FS.writeFile(`${FOLDER}/${MODULE}.py`, cell);
    python.runPython(`import sys; sys.path.append("${FOLDER}"); import ${MODULE}`);
  } catch (error) {
    postMessage({ type: "failed", message: messageOf(error) });
    return;
  }
  postMessage({ type: "ready", version: python.version, seconds: (performance.now() - begin) / 1000 });
  // A package that cannot be loaded is reported when the program that needs it runs.
  await python.loadPackagesFromImports(code).catch(() => {});
  postMessage({ type: "warm" });
}

async function run({ code }) {
  let begin = performance.now();
  const seconds = () => (performance.now() - begin) / 1000;
  try {
    await python.loadPackagesFromImports(code);
    begin = performance.now();
    // A JSON string is a Python string literal too.
    const call = `__import__("${MODULE}").run(${JSON.stringify(code)}, "main.py")`;
    const report = JSON.parse(python.runPython(call));
    output.flush();
    postMessage({ type: "done", report, seconds: seconds() });
  } catch (error) {
    output.flush();
    if (error?.name === "PythonCrash") {
      postMessage({ type: "crashed", message: messageOf(error) });
      return;
    }
    // A package that cannot be loaded, or Stop pressed a moment before the program began.
    const report = { error: `${messageOf(error).trimEnd()}\n`, type: error?.type ?? error?.name, line: null };
    postMessage({ type: "done", report, seconds: seconds() });
  }
}

function sendOutput(pieces, size) {
  postMessage({ type: "output", pieces });
  flow.sent(size, () => interrupts[0] !== 0);
}

function onProgress({ phase, name, loaded, total }) {
  postMessage({ type: "progress", phase, name, loaded, total });
}

function messageOf(error) {
  return error?.message ? String(error.message) : String(error);
}
