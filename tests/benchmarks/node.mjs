// node node.mjs KIND FOLDER start   prints the seconds from the start of node to the first statement's result
// node node.mjs KIND FOLDER micro   one pass of micro.py for each line on stdin (see there)
// node node.mjs KIND FOLDER numpy   prints the seconds of `import numpy`
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { importNumpy, prepareMicro, start } from "./driver.mjs";

const [kind, folder, task] = process.argv.slice(2);
const base = pathToFileURL(folder.endsWith("/") ? folder : `${folder}/`).href;
const python = await start(kind, base);
const started = performance.now() / 1000;

if (task === "start") {
  console.log(JSON.stringify(started));
} else if (task === "numpy") {
  console.log(JSON.stringify(await importNumpy(python)));
} else {
  const pass = prepareMicro(python, readFileSync(new URL("micro.py", import.meta.url), "utf8"));
  for await (const line of createInterface({ input: process.stdin })) console.log(pass(line.trim()));
}
process.exit(0);
