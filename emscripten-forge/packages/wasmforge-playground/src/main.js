// The page. It starts Python at once, builds the editor meanwhile, then connects the two.

import { examples } from "./examples.js";
import { Output } from "./output.js";
import { ProgressBar } from "./progress.mjs";
import { Python } from "./python.js";
import { loadCode, saveCode } from "./storage.js";

const element = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const runButton = element("run");
const stopButton = element("stop");
const progress = new ProgressBar(element("progress"));
const python = new Python(new URL(WORKER_FILE, document.baseURI), new URL("./", document.baseURI).href);
const output = new Output(element("output"), (length) => python.shown(length));

const firstCode = loadCode() ?? examples[0].code;
const manifest = fetch("manifest.json").then((response) => (response.ok ? response.json() : null), () => null);
let editor = null;
let consoleLine = null;
let entered = false; // whether the running code was entered in the console
let runWhenReady = false;
let loadSeconds = 0;

python.on("state", ({ detail: state }) => showState(state));
python.on("progress", ({ detail }) => {
  progress.update(detail);
  if (python.state === "running" && detail.name) setStatus(`Loading ${detail.name}…`);
});
python.on("ready", ({ detail }) => {
  loadSeconds = detail.seconds;
  setStatus(`Ready in ${detail.seconds.toFixed(2)} s`);
  announce("Python is ready.");
  showFigures();
  if (runWhenReady) run();
});
python.on("warm", () => {
  if (python.state === "ready") progress.finish();
});
python.on("output", ({ detail: { pieces } }) => {
  for (const { stream, text, mime } of pieces) output.add(stream, text, mime);
  showOutputButtons();
});
python.on("entered", ({ detail: { code } }) => {
  entered = true;
  output.add("entry", code.replace(/^/, ">>> ").replaceAll("\n", "\n... ") + "\n");
});
python.on("ask", () => {
  showPrompt();
  setStatus("Waiting for your input…");
  announce("The program asks for input.");
  consoleLine?.focus();
});
python.on("done", ({ detail }) => showReport(detail));
python.on("stuck", () => {
  setStatus("Still busy. Press Restart to end the program and restart Python.");
  announce("Python has not stopped yet. Press Restart to end the program and restart Python.");
  stopButton.querySelector("span").textContent = "Restart";
});
python.on("crashed", ({ detail }) => {
  output.add("error", `${detail.message}\n`);
  restart("Python crashed in this program and was restarted.");
});
python.on("failed", ({ detail }) => {
  output.clear();
  output.add("error", `${detail.message}\n`);
  showOutputButtons();
  alertUser(`Python could not be loaded. ${detail.message}`);
});
python.start(firstCode);

runButton.addEventListener("click", run);
stopButton.addEventListener("click", stop);
element("clear").addEventListener("click", () => {
  output.clear();
  element("elapsed").textContent = "";
  showOutputButtons();
  element("output").focus();
});
element("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText(output.text);
  announce("Output copied.");
});
fillExamples(element("examples"));
showVersions();
buildEditor();

async function buildEditor() {
  const { createConsole, createEditor } = await import(new URL(WRITING_FILE, document.baseURI).href);
  editor = createEditor({
    parent: element("editor"),
    code: firstCode,
    onRun: run,
    onChange: keep,
  });
  consoleLine = createConsole({
    parent: element("console"),
    onEnter: enter,
    takesAnyLine: () => python.isAsking,
    complete: (code) => python.complete(code),
  });
  document.documentElement.dataset.editor = "ready";
}

function keep(code) {
  const index = examples.findIndex((example) => example.code === code);
  element("examples").value = index === -1 ? "" : index;
  saveCode(index === -1 ? code : null);
}

function run() {
  if (python.state === "failed") {
    output.clear();
    runWhenReady = true;
    python.start(editor.code);
  } else if (python.state === "loading" || !editor) {
    runWhenReady = true;
    setStatus("Runs as soon as Python is loaded…");
  } else if (python.state === "ready") {
    runWhenReady = false;
    output.clear();
    showOutputButtons();
    editor.markError(null);
    element("elapsed").textContent = "";
    announce("");
    entered = false;
    python.run(editor.code);
  }
}

/** Handle an entry in the console: an answer to the program, or code to run. */
function enter(text) {
  if (python.isAsking) {
    output.add("entry", `${text}\n`);
    python.answer(text);
    setStatus("Running…");
    showPrompt();
  } else if (text.trim()) {
    python.enter(text);
  }
}

/** Show whether the console takes code or an answer. */
function showPrompt() {
  element("prompt").textContent = python.isAsking ? "input" : ">>>";
}

function stop() {
  const busy = python.state === "running" || python.state === "stopping";
  if (busy && !python.stop()) restart("Python was restarted to stop the program.");
}

function restart(why) {
  output.add("note", `${why}\n`);
  showOutputButtons();
  alertUser(why);
  python.start(editor.code);
}

function showState(state) {
  document.documentElement.dataset.python = state;
  const busy = state === "running" || state === "stopping";
  // Do not use `disabled`: the button would lose the keyboard focus.
  stopButton.setAttribute("aria-disabled", String(!busy));
  runButton.setAttribute("aria-disabled", String(busy));
  stopButton.querySelector("span").textContent = "Stop";
  runButton.querySelector("span").textContent = state === "failed" ? "Retry" : "Run";
  element("output").setAttribute("aria-busy", String(busy));
  showPrompt();
  if (state === "loading") progress.start();
  else if (state !== "failed") progress.finish();
  const texts = { loading: "Loading Python…", running: "Running…", stopping: "Stopping…", failed: "Python could not be loaded" };
  if (texts[state]) setStatus(texts[state]);
}

/** @param {{report: any, seconds: number}} detail report: see cell.py */
function showReport({ report, seconds }) {
  const took = seconds < 0.0995 ? `${(seconds * 1000).toFixed(seconds < 0.00995 ? 1 : 0)} ms` : `${seconds.toFixed(2)} s`;
  element("elapsed").textContent = `ran ${took}`;
  setStatus(`Ready · loaded in ${loadSeconds.toFixed(2)} s`);
  if ("error" in report) {
    const stopped = report.type === "KeyboardInterrupt";
    output.add("error", report.error);
    if (!entered) editor.markError(stopped ? null : report.line);
    alertUser(stopped ? "Stopped." : `Error. ${report.error.trimEnd().split("\n").at(-1)}`);
  } else if ("exit" in report) {
    output.add("note", `The program ended with exit code ${report.exit ?? 0}.\n`);
    announce(`The program ended with exit code ${report.exit ?? 0}.`);
  } else {
    if (output.isEmpty) output.add("note", "The program ended without output.\n");
    announceOutput(took);
  }
  output.show(); // show all output before the page announces the end
  showOutputButtons();
}

/** Have screen readers read a short output, or the length of a long one. */
function announceOutput(took) {
  announce(output.length <= 300 ? output.text : `Finished in ${took}. ${output.lines} lines of output.`);
}

function fillExamples(select) {
  const own = new Option("Your program", "");
  own.hidden = true;
  select.append(own, ...examples.map(({ title }, index) => new Option(title, String(index))));
  const first = examples.findIndex(({ code }) => code === firstCode);
  select.value = first === -1 ? "" : first;
  select.addEventListener("change", () => {
    editor.code = examples[select.value].code;
    editor.focus();
  });
}

/** Show Matplotlib's figures in the output, if the bundle includes Matplotlib. */
async function showFigures() {
  if (!(await manifest)?.packages["matplotlib-wasmforge"]) return;
  const { showFrom } = await import(new URL("figures/figures.mjs", document.baseURI).href);
  showFrom(python.figures, (element) => {
    output.addElement(element);
    showOutputButtons();
  });
}

/** Show the versions in the manifest without waiting for Python. */
async function showVersions() {
  const packages = (await manifest)?.packages;
  if (!packages) return; // the worker reports a broken bundle
  const titles = { python: "Python", numpy: "NumPy", matplotlib: "Matplotlib" };
  const shown = Object.entries(titles).filter(([name]) => packages[name]);
  const items = shown.map(([name, title]) => `${title} ${packages[name].version}`);
  element("versions").textContent = items.join(" · ");
  element("examples-link").hidden = !packages["wasmforge-examples"];
}

function showOutputButtons() {
  const empty = output.isEmpty;
  element("copy").disabled = empty;
  element("clear").disabled = empty;
}

function setStatus(text) {
  element("status-text").textContent = text;
}

function announce(text) {
  element("polite").textContent = text;
}

function alertUser(text) {
  element("assertive").textContent = text;
}
