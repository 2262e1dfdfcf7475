// node fuzz_on.mjs FOLDER SECONDS [SEED]   fuzzes the bundle in FOLDER with one seed after another, from SEED on, for so many
// seconds, and prints the figures. Each interpreter has some of the seeds, then is dropped.
import fs from "node:fs";
import { pathToFileURL } from "node:url";
import { fuzz } from "./fuzz.mjs";
import { otherRealm } from "./hostile.mjs";

const SEEDS = 10; // of each interpreter
const COUNT = 2000; // operations of each seed

const [folder, seconds, first = "0"] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`).href);
const steps = fs.readFileSync(new URL("fuzz_steps.py", import.meta.url), "utf8");
const start = performance.now();
const passed = () => (performance.now() - start) / 1000;

let seed = Number(first);
let thrown = 0;
let failed = 0;
const megabytes = () => Math.round(process.memoryUsage().rss / 2 ** 20);
while (passed() < Number(seconds)) {
  const python = await loadPyodide({ stdout: () => {}, stderr: () => {} });
  const realm = await otherRealm();
  const step = python.runPython(`${steps}\nstep`);
  for (let i = 0; i < SEEDS && passed() < Number(seconds); i++) {
    fs.writeSync(1, `seed ${seed}, ${Math.round(passed())} s, ${megabytes()} MB\n`);
    try {
      thrown += await fuzz(python, step, seed++, COUNT, realm);
    } catch (error) {
      console.log(error);
      failed += 1;
      break;
    }
  }
}
const operations = (seed - Number(first)) * COUNT;
console.log(`\nnode ${process.version}: ${Math.round(passed())} s, seeds ${first} to ${seed - 1}, ${operations} operations, ${thrown} threw, ${failed} crashes`);
process.exit(failed ? 1 : 0);
