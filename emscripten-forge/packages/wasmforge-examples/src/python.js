// What the pages share: Python in the page's own thread, where JavaScript can see its memory, and the status line.

import { ProgressBar } from "./progress.mjs";

const root = document.documentElement;
export const number = new Intl.NumberFormat("en", { useGrouping: "min2" });
const status = document.getElementById("status-text");

/**
 * Load Python with the module of this page and what that imports, and show the page with it.
 * @param {string} name of the module @param {string[]} libraries modules that it imports @param {(module: any) => void} show
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

/** Call a function with the values of a form, {name: value}, at first and when one changes, but once a frame at most. */
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

/** A slider's number, or the power of ten if it is one of exponents; the text of others. */
function valueOf({ type, value, dataset }) {
  if (type !== "range") return value;
  return dataset.scale === "log" ? Math.round(10 ** value) : Number(value);
}

/** Once what was set is on the screen. */
function painted() {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}
