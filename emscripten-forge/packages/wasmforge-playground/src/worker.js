// The module worker that runs the playground's Python.
//
// From the page: {type: "start", baseURL, interrupts, counter, mail, screen, code}, {type: "run", code},
//                {type: "enter", code}, {type: "complete", code} (answered by "answer").
// To the page:   {type: "progress", …onProgress}, {type: "ready", version, seconds},
//                {type: "warm"}, {type: "output", pieces}, {type: "ask"}, {type: "answer", answer},
//                {type: "done", report, seconds}, {type: "failed", message}, {type: "crashed", message}.
// The worker handles one message at a time, in order of arrival.

import cellSource from "./python/cell.py";
import displaySource from "./python/display.py";
import { BatchedOutput } from "./batched-output.js";
import { Flow } from "./flow.js";
import { Mailbox } from "./mailbox.js";

const MODULE = "wasmforge_playground";
const FOLDER = `/playground/${MODULE}`;
const EINTR = 27;

const output = new BatchedOutput(sendOutput);
let python = null;
let cell = null;
let flow = new Flow(null);
let interrupts = null;
let mailbox = null;
let last = Promise.resolve();

const handlers = { start, run, enter, complete };
addEventListener("message", ({ data }) => {
  last = last.then(() => handlers[data.type](data));
});

/** Load the interpreter. Once the page is usable, load the packages that its first program imports. */
async function start({ baseURL, interrupts: shared, counter, mail, screen, code }) {
  const begin = performance.now();
  interrupts = shared;
  flow = new Flow(counter);
  mailbox = mail && new Mailbox(mail);
  globalThis.matplotlibScreen = screen; // Matplotlib reads this to find the page
  try {
    const { loadPython } = await import(new URL("bootstrap.mjs", baseURL).href);
    python = await loadPython({ baseURL, onProgress });
    python.setStdout({ write: output.writer("stdout") });
    python.setStderr({ write: output.writer("stderr") });
    if (mailbox) python.setStdin({ stdin: readLine });
    if (interrupts) python.setInterruptBuffer(interrupts);
    python.FS.mkdirTree(FOLDER);
    python.FS.writeFile(`${FOLDER}/__init__.py`, "");
    python.FS.writeFile(`${FOLDER}/display.py`, displaySource);
    python.FS.writeFile(`${FOLDER}/cell.py`, cellSource);
    python.runPython(`import sys; sys.path.append("/playground")`);
    cell = python.pyimport(`${MODULE}.cell`);
    cell.use_display((mime, text) => output.show(mime, text));
  } catch (error) {
    postMessage({ type: "failed", message: messageOf(error) });
    return;
  }
  postMessage({ type: "ready", version: python.version, seconds: (performance.now() - begin) / 1000 });
  // Ignore errors here: a program that needs the package reports them when it runs.
  await python.loadPackagesFromImports(code).catch(() => {});
  postMessage({ type: "warm" });
}

function run({ code }) {
  return report(code, () => waiting(cell.run, code, "main.py"));
}

function enter({ code }) {
  return report(code, () => waiting(cell.enter, code));
}

function complete({ code }) {
  const found = cell.complete(code);
  const [names, from] = found.toJs();
  found.destroy();
  postMessage({ type: "answer", answer: { names, from } });
}

/** Call Python. If the engine can suspend WebAssembly, Python may wait for events, as plt.pause does. */
function waiting(callable, ...args) {
  return "Suspending" in WebAssembly ? callable.callPromising(...args) : callable(...args);
}

/** Run code with `execute`, which returns a report (see cell.py) or a promise of one; show its value as output. */
async function report(code, execute) {
  let begin = performance.now();
  const seconds = () => (performance.now() - begin) / 1000;
  try {
    await python.loadPackagesFromImports(code);
    begin = performance.now();
    const found = await execute();
    const { value, ...report } = found.toJs({ dict_converter: Object.fromEntries });
    found.destroy();
    if (value) output.show(...value);
    output.flush();
    postMessage({ type: "done", report, seconds: seconds() });
  } catch (error) {
    output.flush();
    if (error?.name === "PythonCrash") {
      postMessage({ type: "crashed", message: messageOf(error) });
      return;
    }
    // A package could not be loaded, or Stop was pressed just before the program began.
    const report = { error: `${messageOf(error).trimEnd()}\n`, type: error?.type ?? error?.name, line: null };
    postMessage({ type: "done", report, seconds: seconds() });
  }
}

/** Read a line from the visitor for `input()`. */
function readLine() {
  output.flush();
  postMessage({ type: "ask" });
  const line = mailbox.take(() => interrupts[0] !== 0);
  // EINTR makes Python check for an interrupt.
  if (line === null) throw new python.FS.ErrnoError(EINTR);
  return line;
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
