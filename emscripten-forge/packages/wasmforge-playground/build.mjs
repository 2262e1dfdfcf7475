// Bundles src/ into a folder: node build.mjs OUT.

import { rm } from "node:fs/promises";
import { Pages } from "./pages.mjs";

const out = process.argv[2];
if (!out) throw new Error("usage: node build.mjs OUT");

await rm(out, { recursive: true, force: true });
const pages = await Pages.create(out);

const style = await pages.emit("src/style.css");
const writing = await pages.emit("src/writing.js");
const worker = await pages.emit("src/worker.js");
const define = { WORKER_FILE: JSON.stringify(worker), WRITING_FILE: JSON.stringify(writing) };
const main = await pages.emit("src/main.js", define);
const doodle = await pages.emit("src/doodle/doodle.js", define);

await pages.page("index.html", "src/index.html", { style, writing, main });
await pages.page("doodle.html", "src/doodle/doodle.html", { style, writing, doodle });
await pages.licenses("licenses.txt");
