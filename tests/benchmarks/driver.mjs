// Starts an interpreter from a folder of files and runs tasks in it, the same way in node and in a page.

import { bridgeCases } from "./bridge.mjs";

const loaders = {
  async wasmforge(base) {
    const { loadPython } = await import(`${base}bootstrap.mjs`);
    return loadPython({ baseURL: base });
  },
  async pyodide(base) {
    const { loadPyodide } = await import(`${base}pyodide.mjs`);
    const inNode = base.startsWith("file:");
    return loadPyodide({ indexURL: inNode ? (await import("node:url")).fileURLToPath(base) : base });
  },
};

const REPEATED_FOR = 20; // milliseconds, at least, for each bridge case: what comes before leaves caches cold
const NEEDS = { micro: [], numeric: ["scipy"], tables: ["pandas"], figures: ["matplotlib"] }; // module -> packages
const REDRAWS = 60;
const USED_FOR = 6000; // milliseconds
// A program, and ways to have it run: what is loaded before.
const PLOT = `import numpy as np
import matplotlib.pyplot as plt

x = np.linspace(0, 6, 200)
plt.plot(x, np.sin(x))
plt.show()`;
const EARLY = {
  import: () => ({}), // the imports load what they need
  declared: () => ({ imports: ["matplotlib.pyplot"], snapshot: false }), // the same, while Python starts
  snapshot: () => ({ imports: ["matplotlib.pyplot"] }), // Python starts with them done
  packages: () => ({ packages: ["matplotlib"] }), // whole packages
  everything: async (base) => ({ packages: Object.keys((await (await fetch(`${base}manifest.json`)).json()).packages) }),
};
const FOLDER = "/benchmarks"; // where the interpreter finds the Python files that are next to this one

/** One interpreter. A task is the name of a method, and its argument after a space. */
export class Driver {
  #kind;
  #base;
  #python;
  #cases;

  /**
   * @param {"wasmforge" | "pyodide"} kind
   * @param {string} base the URL of its folder, ending in a slash
   */
  constructor(kind, base) {
    this.#kind = kind;
    this.#base = base;
  }

  /** @param {string} task */
  do(task) {
    const [method, argument] = task.split(" ");
    return this[method](argument);
  }

  /** Load, and run a first statement: seconds since `origin`, and bytes that came over the wire. */
  async start(origin = performance.now()) {
    const asked = performance.now();
    this.#python = await loaders[this.#kind](this.#base);
    const two = this.#python.runPython("1 + 1");
    const seconds = (performance.now() - origin) / 1000;
    if (two !== 2) throw new Error(`${this.#kind}: 1 + 1 gave ${two}`);
    const fetched = performance.getEntriesByType("resource").filter(({ startTime }) => startTime >= asked);
    return { seconds, bytes: fetched.reduce((sum, entry) => sum + entry.transferSize, 0) };
  }

  /** Seconds of each benchmark of a Python file next to this one. @param {keyof typeof NEEDS} module */
  async pass(module) {
    return this.#benchmarks(module, "run_pass");
  }

  /** What each of them computes. @param {keyof typeof NEEDS} module */
  async results(module) {
    return this.#benchmarks(module, "results");
  }

  /** Seconds of a module's first import, by its two parts: fetching and mounting, and importing. @param {string} module */
  async import(module) {
    const begin = performance.now();
    await this.#python.loadPackagesFromImports(`import ${module}`);
    const loaded = performance.now();
    this.#python.runPython(`import ${module}`);
    const done = performance.now();
    return { load: (loaded - begin) / 1000, import: (done - loaded) / 1000 };
  }

  /**
   * Drawing the log-normal explorer anew, 640 by 480 pixels with 200 bars, for the values of a slider that is moved:
   * how often a second, and the median of the seconds from the slider's event to the picture on the screen.
   */
  async redraw() {
    await this.#python.loadPackagesFromImports("import matplotlib.pyplot, wasmforge_examples.lognormal");
    const explorer = this.#python.pyimport("wasmforge_examples.lognormal").Explorer();
    explorer.figure.show();
    const figure = await until(() => document.querySelector(".matplotlib-figure"));
    const slider = Object.assign(document.createElement("input"), { type: "range", min: 0.2, max: 1.5, step: 0.01 });
    slider.addEventListener("input", () => explorer.update(0.5, slider.valueAsNumber));
    const move = async (step) => {
      const before = figure.dataset.frames;
      slider.valueAsNumber = 0.3 + step / 100;
      slider.dispatchEvent(new Event("input"));
      await until(() => figure.dataset.frames !== before);
    };
    await move(0);
    const begin = performance.now();
    for (let step = 1; step <= REDRAWS; step++) await move(step);
    const rate = (1000 * REDRAWS) / (performance.now() - begin);
    const latencies = [];
    for (let step = 1; step <= REDRAWS; step++) {
      await new Promise(requestAnimationFrame);
      const asked = performance.now();
      await move(step);
      await new Promise(requestAnimationFrame); // the picture is on the canvas, and goes to the screen
      latencies.push(performance.now() - asked);
    }
    latencies.sort((a, b) => a - b);
    return { rate, latency: latencies[REDRAWS / 2] / 1000 };
  }

  /** Seconds from the navigation to a first statement after an import. @param {string} module */
  imported(module) {
    return this.#imported(module, false);
  }

  /** As imported, from a snapshot. @param {string} module */
  resumed(module) {
    return this.#imported(module, true);
  }

  async #imported(module, snapshot) {
    const { loadPython } = await import(`${this.#base}bootstrap.mjs`);
    const python = await loadPython({ baseURL: this.#base, imports: [module], snapshot });
    const there = python.runPython(`import sys; there = ${JSON.stringify(module)} in sys.modules\nimport ${module}\nthere`);
    if (there !== snapshot) throw new Error(`the bundle needs a snapshot of ${module}`);
    return { seconds: performance.now() / 1000 };
  }

  /** Seconds from the navigation to a figure on the screen. @param {string} how what is loaded before the program runs */
  async plot(how) {
    const { loadPython } = await import(`${this.#base}bootstrap.mjs`);
    this.#python = await loadPython({ baseURL: this.#base, ...(await EARLY[how](this.#base)) });
    const imported = this.#python.runPython("import sys; 'matplotlib.pyplot' in sys.modules");
    if (imported !== (how === "snapshot")) throw new Error("the bundle needs a snapshot of matplotlib.pyplot");
    await this.#python.runPythonAsync(PLOT);
    await until(() => document.querySelector(".matplotlib-figure")?.dataset.frames);
    await new Promise(requestAnimationFrame);
    const seconds = performance.now() / 1000;
    const bytes = performance.getEntriesByType("resource").reduce((sum, entry) => sum + entry.transferSize, 0);
    return { seconds, bytes };
  }

  /** What a visitor does with the figure of `plot`: it is drawn anew for some seconds. */
  async use() {
    const end = performance.now() + USED_FOR;
    for (let shift = 0; performance.now() < end; shift += 0.1) {
      await this.#python.runPythonAsync(`plt.gca().lines[0].set_ydata(np.sin(x + ${shift}))\nplt.gcf().canvas.draw()`);
      await new Promise(requestAnimationFrame);
    }
  }

  /** Seconds of one operation of each bridge case. */
  async bridge() {
    this.#cases ??= bridgeCases(this.#python).map(({ name, repeat }) => ({ name, repeat, times: calibrate(repeat) }));
    return Object.fromEntries(this.#cases.map(({ name, repeat, times }) => [name, timed(repeat, times) / times / 1000]));
  }

  /** What a function of passes.py returns of a module. */
  async #benchmarks(module, call) {
    const { FS } = this.#python;
    if (!FS.analyzePath(FOLDER).exists) {
      FS.mkdir(FOLDER);
      const files = ["passes", ...Object.keys(NEEDS)].map((name) => `${name}.py`);
      for (const file of files) FS.writeFile(`${FOLDER}/${file}`, await text(file));
      this.#python.runPython(`import sys; sys.path.append("${FOLDER}")`);
    }
    if (NEEDS[module].length) await this.#python.loadPackage(NEEDS[module]);
    return JSON.parse(this.#python.runPython(`import json, passes; json.dumps(passes.${call}("${module}"))`));
  }
}

/** What `find` gives once that is something; looked for between tasks of the page. */
async function until(find) {
  const { port1, port2 } = new MessageChannel();
  for (let found; ; ) {
    if ((found = find())) return found;
    await new Promise((resolve) => {
      port2.onmessage = resolve;
      port1.postMessage(null);
    });
  }
}

/** How often to repeat an operation so that it can be timed. */
function calibrate(repeat) {
  let times = 1;
  while (timed(repeat, times) < REPEATED_FOR) times *= 2;
  return times;
}

/** Milliseconds. */
function timed(repeat, times) {
  const begin = performance.now();
  repeat(times);
  return performance.now() - begin;
}

/** A file next to this one. */
async function text(name) {
  const url = new URL(name, import.meta.url);
  if (url.protocol === "file:") return (await import("node:fs/promises")).readFile(url, "utf8");
  return (await fetch(url)).text();
}
