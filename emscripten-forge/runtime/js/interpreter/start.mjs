// Instantiates the main module and starts Python in it.

import * as errors from "../errors.mjs";

// The prefix is mounted at the root, where its relocated files expect it.
export const PREFIX = "";

/**
 * Instantiate the main module, with a bridge of its own.
 * @param {import("../fetch/files.mjs").Files} files
 * @param {import("../packages/packages.mjs").Manifest["runtime"]} runtime
 * @param {Record<string, string>} env
 * @returns {Promise<{module: any, bridge: typeof import("../bridge/index.mjs")}>}
 */
export async function startModule(files, runtime, env) {
  const [{ module: compiled }, { default: factory, makeBridge }] = await Promise.all([files.module(runtime.wasm), importGlue(files, runtime.glue)]);
  const bridge = makeBridge();
  return new Promise((resolve, reject) => {
    // Where the loader finds the libraries that side modules need.
    const defaults = { HOME: "/home/web_user", LD_LIBRARY_PATH: "/lib" };
    const settings = {
      preRun: (/** @type {any} */ module) => Object.assign(module.ENV, defaults, env),
      instantiateWasm: (/** @type {WebAssembly.Imports} */ imports, /** @type {any} */ done) => {
        bridge.instantiate(compiled, imports, errors).then((/** @type {WebAssembly.Instance} */ instance) => done(instance, compiled), reject);
        return {};
      },
    };
    factory(settings).then((/** @type {any} */ module) => {
      bridge.start(module);
      resolve({ module, bridge });
    }, reject);
  });
}

let failures = 0;

/**
 * Import emscripten's JavaScript with the bridge. The file was fetched and checked just before, so the browser has it cached.
 *
 * An engine never frees a module that it has imported. All interpreters therefore share one address, and each has only
 * what the module's functions make.
 * @param {import("../fetch/files.mjs").Files} files
 * @param {import("../fetch/files.mjs").FileRecord} record
 * @returns {Promise<{default: (settings: object) => Promise<any>, makeBridge: () => typeof import("../bridge/index.mjs")}>}
 */
async function importGlue(files, record) {
  await files.bytes(record);
  const url = files.url(record.file);
  try {
    // The browser caches a failed import by its address. A fragment changes that, but not the request.
    return await import(failures ? `${url}#${failures}` : url);
  } catch (cause) {
    failures++;
    const message = `${record.file} could not be imported (${/** @type {Error} */ (cause).message})`;
    throw new errors.LoadError(message, { file: record.file, cause });
  }
}

/**
 * Start the interpreter.
 * @param {any} module emscripten's
 * @param {typeof import("../bridge/index.mjs")} bridge
 * @param {string} version Python's
 * @param {string[]} args the arguments of the command `python`
 * @returns {string | undefined} why it did not start
 */
export function boot(module, bridge, version, args) {
  const executable = `${PREFIX}/bin/python${minorOf(version)}`;
  const failed = bridge.guard(() => module.withStackSave(() => {
    const strings = [executable, ...args].map((text) => module.stringToUTF8OnStack(text));
    const argv = module.stackAlloc(4 * strings.length + 4);
    strings.forEach((pointer, index) => (module.HEAPU32[argv / 4 + index] = pointer));
    const [home, program] = [PREFIX || "/", executable].map((text) => module.stringToUTF8OnStack(text));
    return module._wf_start(home, program, strings.length, argv);
  }));
  return failed ? module.startError : undefined;
}

/**
 * Create site-packages: Python looks for it at its start, but packages may be loaded later.
 * @param {any} FS emscripten's file system
 * @param {string} version Python's
 */
export function makeSitePackages(FS, version) {
  const path = `${PREFIX}/lib/python${minorOf(version)}/site-packages`;
  FS.mkdirTree(path);
  return path;
}

/** Such as 3.13. @param {string} version */
function minorOf(version) {
  return version.split(".").slice(0, 2).join(".");
}
