// Bundles src/ into a folder: node build.mjs OUT.

import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { parse } from "yaml";

const SOLVER = "node_modules/@conda-org/rattler/dist";
// The packages whose code is in the result. The solver's archive has no licence text.
const LICENSES = {
  "@conda-org/rattler": "src/licenses/rattler.txt",
  fflate: "node_modules/fflate/LICENSE",
  fzstd: "node_modules/fzstd/LICENSE",
};

const out = process.argv[2];
if (!out) throw new Error("usage: node build.mjs OUT");
await mkdir(out, { recursive: true });

const wasm = await readFile(join(SOLVER, "js_rattler_bg.wasm"));
const hash = createHash("sha256").update(wasm).digest("hex").slice(0, 16);
const file = `rattler-${hash}.wasm`;
await writeFile(join(out, file), wasm);
await build({
  entryPoints: ["src/install.mjs"],
  outfile: join(out, "install.mjs"),
  bundle: true,
  minify: true,
  format: "esm",
  legalComments: "none",
  target: ["chrome123", "firefox121", "safari17.5"],
  alias: { "wasmforge-runtime": "./runtime" },
  define: { SOLVER_FILE: JSON.stringify(`./${file}`), EXCLUDED: JSON.stringify(await excluded()) },
  plugins: [{ name: "solver", setup: useSolver }],
  logLevel: "warning",
});
const texts = Object.entries(LICENSES).map(async ([name, path]) => `${name}\n\n${await readFile(path, "utf8")}`);
await writeFile(join(out, "licenses.txt"), (await Promise.all(texts)).join("\n\n"));

/** Let src/ import "rattler-solver": a function whose body is the solver's CommonJS module, as node runs such modules. */
function useSolver(build) {
  build.onResolve({ filter: /^rattler-solver$/ }, () => ({ path: resolve(SOLVER, "rattler.node.cjs"), namespace: "solver" }));
  build.onLoad({ filter: /.*/, namespace: "solver" }, async ({ path }) => {
    const body = await readFile(path, "utf8");
    return { contents: `export default function (exports, require, __dirname, fetch, WebAssembly) {${body}\n}` };
  });
}

/** The patterns of the files that bundles leave out, in the syntax of Python's fnmatch, as one regular expression. */
async function excluded() {
  const { exclude } = parse(await readFile("bundle.yaml", "utf8"));
  const piece = /\[(!?)([^\]]+)\]|\*|\?|[^[*?]+/g;
  const patterns = exclude.map((pattern) => pattern.replace(piece, (text, not, set) => {
    if (set) return `[${not ? "^" : ""}${set}]`;
    if (text === "*") return ".*";
    return text === "?" ? "." : text.replace(/[.+^$(){}|\\/]/g, "\\$&");
  }));
  return `^(?:${patterns.join("|")})$`;
}
