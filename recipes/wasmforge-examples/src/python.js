// What the pages share: Python in the page's own thread, where JavaScript can see its memory, and the status line.

import { Progress } from "./playground/progress.js";

const root = document.documentElement;
const status = document.getElementById("status-text");

/** Load Python and the module of this page, and show the page with it: `show(module, python)`. */
export async function start(name, show) {
  const progress = new Progress(document.getElementById("progress"));
  const begin = performance.now();
  try {
    const { loadPython } = await import(new URL("bootstrap.mjs", document.baseURI).href);
    const onProgress = (step) => progress.update(step);
    const python = await loadPython({ packages: ["wasmforge-examples"], onProgress });
    setStatus("Starting…");
    await painted();
    await show(python.pyimport(`wasmforge_examples.${name}`), python);
    setStatus(`Ready in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
    root.dataset.python = "ready";
  } catch (error) {
    root.dataset.python = "failed";
    setStatus(`This page does not work here: ${error.message}`);
    throw error;
  } finally {
    progress.finish();
  }
}

export function setStatus(text) {
  status.textContent = text;
}

/** Call a function with the values of a form, at first and when one changes, but once a frame at the most. */
export function follow(form, update) {
  let asked = false;
  const run = () => {
    asked = false;
    for (const output of form.querySelectorAll("output")) {
      const input = form.elements[output.htmlFor[0]];
      output.value = `${input.value}${output.dataset.unit ?? ""}`;
    }
    update(Object.fromEntries(new FormData(form)));
  };
  form.addEventListener("input", () => {
    if (!asked) requestAnimationFrame(run);
    asked = true;
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  run();
}

/** Once what was set is on the screen. */
function painted() {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}
