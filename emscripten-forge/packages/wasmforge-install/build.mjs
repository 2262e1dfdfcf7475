// Bundles src/ into a folder: node build.mjs OUT.

import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { parse } from "yaml";

const SOLVER = "node_modules/@conda-org/rattler/dist/rattler.bundler.mjs";
// Whose code is in the result. The solver's archive has no licence text: src/licenses/.
const LICENSES = {
  "@conda-org/rattler": "src/licenses/rattler.txt",
  fflate: "node_modules/fflate/LICENSE",
  fzstd: "node_modules/fzstd/LICENSE",
};

const out = process.argv[2];
if (!out) throw new Error("usage: node build.mjs OUT");
await mkdir(out, { recursive: true });

const solver = await readSolver();
const hash = createHash("sha256").update(solver.wasm).digest("hex").slice(0, 16);
const file = `rattler-${hash}.wasm`;
await writeFile(join(out, file), solver.wasm);
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

/**
 * The solver as a module that src/solver.mjs starts, and its WebAssembly. As published it has that inside of it as
 * base64, which is compiled in one go when the module is imported, and fetches from channels without a way to follow
 * or to end it.
 */
async function readSolver() {
  const text = await readFile(SOLVER, "utf8");
  const embedded = /^function mod\(imports\)\{return _loadWasmModule\(1, null, '([A-Za-z0-9+/=]+)'\)\}$/m;
  const found = embedded.exec(text);
  if (!found) throw new Error(`${SOLVER} has no WebAssembly where it was`);
  let code = text;
  for (const [old, now] of [
    [found[0], ""],
    ["initSync({ module: mod() });", ""],
    ["const ret = fetch(arg0);", "const ret = solverFetch(arg0);"],
    ["const ret = arg0.fetch(arg1);", "const ret = solverFetch(arg1);"],
    ["export { PackageRecord,", "export { initSync, PackageRecord,"],
  ]) {
    if (code.split(old).length !== 2) throw new Error(`${SOLVER} does not have ${old.slice(0, 50)} once`);
    code = code.replace(old, () => now);
  }
  code = `import { solverFetch } from ${JSON.stringify(resolve("src/repodata.mjs"))};\n${code}`;
  return { code, wasm: Buffer.from(found[1], "base64") };
}

function useSolver(build) {
  build.onResolve({ filter: /^rattler-solver$/ }, () => ({ path: resolve(SOLVER), namespace: "solver" }));
  build.onLoad({ filter: /.*/, namespace: "solver" }, () => ({ contents: solver.code, loader: "js", resolveDir: "." }));
}

/** The patterns of what bundles leave out, which are Python's fnmatch's, as one regular expression. */
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
