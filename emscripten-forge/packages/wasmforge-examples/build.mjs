// Bundles src/ into a folder: node build.mjs OUT.

import { readFile } from "node:fs/promises";
import { Pages } from "./pages.mjs";

const out = process.argv[2];
if (!out) throw new Error("usage: node build.mjs OUT");

// The pages, by their names in the address.
const PAGES = {
  bands: {
    folder: "bands",
    title: "Band finder",
    description: "A pandas data frame, filtered in this tab and drawn by Plotly from the same memory.",
  },
  density: {
    folder: "density",
    title: "A city's calls",
    description: "A million calls as a surface: NumPy and SciPy compute it in this tab, WebGL draws it.",
  },
  "log-normal": {
    folder: "lognormal",
    title: "Log-normal explorer",
    description: "A Matplotlib figure that Python in this tab redraws while you change its parameters.",
  },
};

const pages = await Pages.create(out);
const style = await pages.emit("src/style.css");
for (const [name, { folder, ...texts }] of Object.entries(PAGES)) {
  const script = await pages.emit(`src/${folder}/${folder}.js`);
  const main = await readFile(`src/${folder}/${folder}.html`, "utf8");
  await pages.page(`${name}.html`, "src/page.html", { ...texts, style, script, main });
}
await pages.licenses("examples-licenses.txt");
