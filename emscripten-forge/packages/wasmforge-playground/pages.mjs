// Bundles sources into a folder of pages. The name of each file except the pages contains a hash, so that browsers can
// cache it for ever.

import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { build } from "esbuild";

/** Options for all packages of pages: the supported browsers, and the files that are bundled as text. */
const COMMON = {
  bundle: true,
  minify: true,
  write: false,
  metafile: true,
  format: "esm",
  legalComments: "none",
  target: ["chrome123", "firefox121", "safari17.5"],
  loader: { ".frag": "text", ".html": "text", ".py": "text", ".vert": "text" },
  outdir: "/",
  logLevel: "warning",
};

/** A folder that pages and their assets are written to. */
export class Pages {
  #out;
  #bundled = new Set(); // the npm packages whose code is in the result

  static async create(out) {
    await mkdir(join(out, "assets"), { recursive: true });
    const pages = new Pages();
    pages.#out = out;
    return pages;
  }

  /** Bundle one entry point; return the path of the result relative to the page. */
  async emit(entry, define = {}) {
    const { outputFiles, metafile } = await build({ ...COMMON, entryPoints: [entry], define });
    for (const input of Object.keys(metafile.inputs)) {
      const found = /node_modules\/((@[^/]+\/)?[^/]+)/.exec(input);
      if (found) this.#bundled.add(found[1]);
    }
    const [file] = outputFiles;
    const hash = createHash("sha256").update(file.contents).digest("hex").slice(0, 16);
    const name = basename(file.path).replace(/(\.\w+)$/, `-${hash}$1`);
    await writeFile(join(this.#out, "assets", name), file.contents);
    return `assets/${name}`;
  }

  /** Write a page with each {{name}} replaced by its value; a name without a value is an error. */
  async page(name, template, values) {
    const text = (await readFile(template, "utf8")).replace(/\{\{(\w+)\}\}/g, (_, key) => {
      if (!(key in values)) throw new Error(`${template} asks for {{${key}}}, which is not built`);
      return values[key];
    });
    await writeFile(join(this.#out, name), text);
  }

  /** Write the licence texts of all bundled packages. */
  async licenses(name) {
    const texts = [...this.#bundled].sort().map(async (name) => {
      return `${name}\n\n${await readFile(`node_modules/${name}/LICENSE`, "utf8")}`;
    });
    await writeFile(join(this.#out, "assets", name), (await Promise.all(texts)).join("\n\n"));
  }
}
