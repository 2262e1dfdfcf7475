// Bundles src/ into a folder: node build.mjs OUT.
// Every file but the pages is named after its content, so that it can be cached for ever.

import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { build } from "esbuild";

const out = process.argv[2];
if (!out) throw new Error("usage: node build.mjs OUT");

const common = {
  bundle: true,
  minify: true,
  write: false,
  metafile: true,
  legalComments: "none",
  target: ["chrome123", "firefox121", "safari17.5"],
  loader: { ".html": "text", ".py": "text" },
  outdir: "/",
  logLevel: "warning",
};

await rm(out, { recursive: true, force: true });
await mkdir(join(out, "assets"), { recursive: true });

const bundled = new Set(); // the npm packages whose code is in the result
const style = await emit({ entryPoints: ["src/style.css"] });
const writing = await emit({ entryPoints: ["src/writing.js"], format: "esm" });
const worker = await emit({ entryPoints: ["src/worker.js"], format: "esm" });
const define = { WORKER_FILE: JSON.stringify(worker), WRITING_FILE: JSON.stringify(writing) };
const main = await emit({ entryPoints: ["src/main.js"], format: "esm", define });
const doodle = await emit({ entryPoints: ["src/doodle/doodle.js"], format: "esm", define });

for (const [name, page] of Object.entries({ "index.html": "src/index.html", "doodle.html": "src/doodle/doodle.html" })) {
  await writeFile(join(out, name), fill(await readFile(page, "utf8"), { style, writing, main, doodle }));
}
await writeFile(join(out, "assets/licenses.txt"), await licenses([...bundled].sort()));

/** Bundle one entry point; return the path of the result relative to the page. */
async function emit(options) {
  const { outputFiles, metafile } = await build({ ...common, ...options });
  for (const input of Object.keys(metafile.inputs)) {
    const found = /node_modules\/((@[^/]+\/)?[^/]+)/.exec(input);
    if (found) bundled.add(found[1]);
  }
  const [file] = outputFiles;
  const hash = createHash("sha256").update(file.contents).digest("hex").slice(0, 16);
  const name = basename(file.path).replace(/(\.\w+)$/, `-${hash}$1`);
  await writeFile(join(out, "assets", name), file.contents);
  return `assets/${name}`;
}

/** Put the values in the place of {{their names}}; a name without a value is an error. */
function fill(template, values) {
  return template.replace(/\{\{(\w+)\}\}/g, (_, name) => {
    if (!(name in values)) throw new Error(`a page asks for {{${name}}}, which is not built`);
    return values[name];
  });
}

/** Their licences ask that the notices go along with the code. */
async function licenses(names) {
  const texts = names.map(async (name) => `${name}\n\n${await readFile(`node_modules/${name}/LICENSE`, "utf8")}`);
  return (await Promise.all(texts)).join("\n\n");
}
