// The two-way bridge of one interpreter: its imports for the main module, and what JavaScript uses of it.

import { js_buffer_copy } from "./arrays.mjs";
import { imports as errorImports, throwKept, useErrors } from "./errors.mjs";
import { held, heldCount, hold, release } from "./handles.mjs";
import { imports as arrayImports } from "./jsarrays.mjs";
import { imports as jsProxyImports } from "./jsproxy.mjs";
import { connect, wf } from "./memory.mjs";
import { imports as asyncImports } from "./jsasync.mjs";
import { imports as loopImports } from "./loop.mjs";
import { imports as operations } from "./operations.mjs";
import { imports as promiseImports } from "./promise.mjs";
import { imports as promisedImports } from "./promised.mjs";
import { imports as proxyImports, liveProxies } from "./pyproxy.mjs";
import { guard } from "./python.mjs";
import { hasSignal, imports as suspendImports } from "./suspend.mjs";
import { imports as conversionImports } from "./to_js.mjs";
import { imports as toPyImports } from "./to_py.mjs";
import { useArea, imports as valueImports } from "./values.mjs";

export { readStream } from "./arrow.mjs";
export { describeTable } from "./arrow-tables.mjs";
export { crash } from "./errors.mjs";
export { classes } from "./ffi.mjs";
export { connectFiles } from "./jsarrays.mjs";
export { standingStill } from "./loop.mjs";
export { exported } from "./memory.mjs";
export { callPromise } from "./promise.mjs";
export { isAlive, isPyProxy, pointerOf, setDebug } from "./pyproxy.mjs";
export { attached, callFunction, guard, importModule } from "./python.mjs";
export { callSuspendable, canSuspend, useInput, useInterruptBuffer } from "./suspend.mjs";
export { toJs, useLiteralMaps } from "./to_js.mjs";
export { toPy } from "./to_py.mjs";
export { convertNullToNone } from "./values.mjs";

/** Functions that C imports from the module "wasmforge". */
const imports = {
  js_release: release,
  ...valueImports,
  ...errorImports,
  ...proxyImports,
  ...conversionImports,
  ...arrayImports,
  ...asyncImports,
  ...loopImports,
  ...promiseImports,
  ...promisedImports,
  ...suspendImports,
  js_buffer_copy,
  js_hold_again: (/** @type {number} */ handle) => hold(held(handle)),
  ...jsProxyImports,
  ...operations,
  ...toPyImports,
};

/**
 * Instantiate the main module with emscripten's imports and the bridge's.
 * @param {WebAssembly.Module} compiled
 * @param {WebAssembly.Imports} others
 * @param {typeof import("../errors.mjs")} errors the classes to throw
 * @returns {Promise<WebAssembly.Instance>}
 */
export async function instantiate(compiled, others, errors) {
  useErrors(errors);
  const instance = await WebAssembly.instantiate(compiled, { ...others, wasmforge: imports });
  const { exports } = instance;
  connect(exports, /** @type {WebAssembly.Memory} */ (exports.memory ?? others.env.memory));
  return instance;
}

/** Call once C's own data is in place, before Python starts. */
export function start() {
  useArea(wf.wf_area() >>> 0, wf.wf_area_size());
}

/** What JavaScript holds of Python's, and Python of JavaScript's. */
export function live() {
  guard(() => wf.wf_forget_errors());
  return { proxies: liveProxies(), handles: heldCount() };
}

/**
 * Deliver a signal that waits in the interrupt buffer. Under C code that has let go of the GIL, Python cannot take
 * it: it stays, and the error is a system call's.
 * @param {any} module emscripten's
 */
export function checkInterrupt(module) {
  if (guard(() => wf.PyGILState_Check())) {
    if (guard(() => wf.wf_check_interrupt()) < 0) throwKept();
  } else if (hasSignal()) {
    throw new module.FS.ErrnoError(module.ERRNO_CODES.EINTR);
  }
}
