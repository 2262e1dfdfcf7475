// Code that the pages share: the status line, and Python in the page's own thread, where JavaScript can view its memory.

import { ProgressBar } from "./progress.mjs";

const root = document.documentElement;
export const number = new Intl.NumberFormat("en", { useGrouping: "min2" });
const status = document.getElementById("status-text");

/**
 * Load Python with the page's module and the libraries that it imports, then show the page.
 * @param {string} name of the module
 * @param {string[]} libraries that the module imports
 * @param {(module: any) => void} show
 */
export async function start(name, libraries, show) {
  const progress = new ProgressBar(document.getElementById("progress"));
  const begin = performance.now();
  try {
    const { loadPython } = await import(new URL("bootstrap.mjs", document.baseURI).href);
    const python = await loadPython({ imports: [...libraries, `wasmforge_examples.${name}`], onProgress: progress.update });
    setStatus("Starting…");
    await painted();
    show(python.pyimport(`wasmforge_examples.${name}`));
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

/** Call `update` with a form's values, {name: value}: now, and after each change, at most once a frame. */
export function follow(form, update) {
  let asked = false;
  const run = () => {
    asked = false;
    const inputs = [...form.elements].filter(({ name }) => name);
    for (const output of form.querySelectorAll("output")) {
      const value = number.format(valueOf(form.elements[output.htmlFor[0]]));
      output.value = `${value}${output.dataset.unit ?? ""}`;
    }
    update(Object.fromEntries(inputs.map((input) => [input.name, valueOf(input)])));
  };
  form.addEventListener("input", () => {
    if (!asked) requestAnimationFrame(run);
    asked = true;
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  run();
}

/** Return a slider's number (a power of ten on a logarithmic scale), or another field's text. */
function valueOf({ type, value, dataset }) {
  if (type !== "range") return value;
  return dataset.scale === "log" ? Math.round(10 ** value) : Number(value);
}

/** Wait until the browser has painted the latest changes. */
function painted() {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}
