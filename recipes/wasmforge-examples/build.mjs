// Bundles src/ into a folder: node build.mjs OUT.

import { readFile } from "node:fs/promises";
import { Pages } from "./pages.mjs";

const out = process.argv[2];
if (!out) throw new Error("usage: node build.mjs OUT");

// The pages and their sources, by the name that each has in the address.
const PAGES = { bands: "bands", density: "density", "log-normal": "lognormal" };

const pages = await Pages.create(out);
const style = await pages.emit("src/style.css");
const header = await readFile("src/header.html", "utf8");
const footer = await readFile("src/footer.html", "utf8");
for (const [name, folder] of Object.entries(PAGES)) {
  const script = await pages.emit(`src/${folder}/${folder}.js`);
  await pages.page(`${name}.html`, `src/${folder}/${folder}.html`, { style, header, footer, script });
}
await pages.licenses("examples-licenses.txt");
