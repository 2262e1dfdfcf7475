// Installs packages of a channel with a client of npm: node npm_clients.mjs mambajs|rattler NODE_MODULES URL PREFIX SPEC…
// Prints the installed packages' file names as JSON.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const [client, modules, channel, prefix, ...specs] = process.argv.slice(2);
const PLATFORM = "emscripten-wasm32";

// mambajs is made for bundlers and pages. It fetches its module for unpacking from beside the page, and when it is
// imported, a table for PyPI's names from the network, which these packages do not need.
const fetchAll = globalThis.fetch;
globalThis.fetch = async (request, options) => {
  const url = String(request.url ?? request);
  if (url.includes("/parselmouth/")) return Response.json({});
  if (!url.startsWith("./")) return fetchAll(request, options);
  const file = join(modules, "@emscripten-forge/mambajs-core/lib", url);
  return new Response(readFileSync(file), { headers: { "Content-Type": "application/wasm" } });
};
console.log = console.error; // only the result goes to standard output

const mambajs = await import(pathToFileURL(join(modules, "@emscripten-forge/mambajs/lib/index.js")));

/** The part of Emscripten's FS that mambajs uses, in the prefix. */
const FS = {
  analyzePath: (path) => ({ exists: existsSync(join(prefix, path)) }),
  mkdirTree: (path) => mkdirSync(join(prefix, path), { recursive: true }),
  writeFile: (path, data) => {
    mkdirSync(dirname(join(prefix, path)), { recursive: true });
    writeFileSync(join(prefix, path), data);
  },
};

/** Emscripten's count of what must be there before a program runs. */
const Module = {
  FS,
  monitorRunDependencies: undefined,
  addRunDependency() {},
  removeRunDependency() {
    this.monitorRunDependencies(0);
  },
};

async function installWithMambajs() {
  const lines = [channel, ...specs].map((text, at) => (at ? `  - ${text}\n` : `channels:\n  - ${text}\ndependencies:\n`));
  const lock = await mambajs.create({ yml: lines.join(""), platform: PLATFORM });
  await mambajs.installPackagesToEmscriptenFS({
    packages: lock,
    channels: lock.channelInfo,
    Module,
    generateCondaMeta: true,
  });
  return Object.keys(lock.packages);
}

/** rattler of npm solves and does no more: this checks the bytes at its addresses, and mambajs installs from there. */
async function installWithRattler() {
  const { simpleSolve } = createRequire(join(modules, "index.js"))("@conda-org/rattler");
  const solved = await simpleSolve(specs, [channel], ["noarch", PLATFORM], []);
  const python = solved.find(({ packageName }) => packageName === "python");
  for (const { url, filename, packageName, version, sha256 } of solved) {
    const data = new Uint8Array(await (await fetch(url)).arrayBuffer());
    const found = createHash("sha256").update(data).digest("hex");
    if (found !== sha256) throw new Error(`${url} has the sha256 ${found}, the solver says ${sha256}`);
    await mambajs.installPackagesToEmscriptenFS({
      packages: { packages: { [filename]: { name: packageName, version } }, pipPackages: {} },
      pkgRootUrl: dirname(url),
      Module,
      pythonVersion: python.version.split(".").map(Number),
      generateCondaMeta: true,
    });
  }
  return solved.map(({ filename }) => filename);
}

const installed = await (client === "mambajs" ? installWithMambajs() : installWithRattler());
process.stdout.write(JSON.stringify(installed));
