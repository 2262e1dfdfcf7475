// The doodle page. Python runs in the page's own thread, where it can use the page's objects and handle its events.

import { Output } from "../output.js";
import { ProgressBar } from "../progress.mjs";
import program from "./doodle.py";

const element = (id) => document.getElementById(id);
const output = new Output(element("output"), () => {});
const progress = new ProgressBar(element("progress"));
const runButton = element("run");
let editor = null;

const python = load();
await Promise.all([buildEditor(), python]);
if (await python) await run();
runButton.addEventListener("click", run);

async function load() {
  const begin = performance.now();
  const add = (kind) => (line) => output.add(kind, `${line}\n`);
  try {
    const { loadPython } = await import(new URL("bootstrap.mjs", document.baseURI).href);
    const python = await loadPython({ stdout: add("stdout"), stderr: add("stderr"), onProgress: progress.update });
    setStatus(`Ready in ${((performance.now() - begin) / 1000).toFixed(2)} s`);
    return python;
  } catch (error) {
    output.add("error", `${error.message}\n`);
    setStatus("Python could not be loaded");
    document.documentElement.dataset.python = "failed";
    return null;
  } finally {
    progress.finish();
  }
}

async function buildEditor() {
  const { createEditor } = await import(new URL(WRITING_FILE, document.baseURI).href);
  editor = createEditor({ parent: element("editor"), code: program, onRun: run, onChange: () => {} });
  document.documentElement.dataset.editor = "ready";
}

/** Run the program with a new canvas: the old one keeps the listeners of the previous run. */
async function run() {
  const loaded = await python;
  if (!loaded) return;
  output.clear();
  editor.markError(null);
  const canvas = element("canvas");
  const fresh = /** @type {HTMLCanvasElement} */ (canvas.cloneNode());
  canvas.replaceWith(fresh);
  const scale = devicePixelRatio;
  const { width, height } = fresh.getBoundingClientRect();
  Object.assign(fresh, { width: width * scale, height: height * scale });
  fresh.getContext("2d").scale(scale, scale);
  try {
    await loaded.loadPackagesFromImports(editor.code);
    await loaded.runPythonAsync(editor.code, { filename: "doodle.py" });
  } catch (error) {
    output.add("error", `${error.message.trimEnd()}\n`);
  }
  document.documentElement.dataset.python = "ready";
}

function setStatus(text) {
  element("status-text").textContent = text;
}
