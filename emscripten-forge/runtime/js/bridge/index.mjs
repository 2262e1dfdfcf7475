// The two-way bridge of one interpreter: its imports for the main module, and what JavaScript uses of it.

import { js_buffer_copy } from "./buffers/arrays.mjs";
import { imports as errorImports, throwKept, useErrors } from "./wire/errors.mjs";
import { held, heldCount, hold, release } from "./wire/handles.mjs";
import { imports as arrayImports } from "./jsproxy/arrays.mjs";
import { imports as jsProxyImports } from "./jsproxy/jsproxy.mjs";
import { connect, wf } from "./wire/memory.mjs";
import { imports as asyncImports } from "./jsproxy/async.mjs";
import { imports as loopImports } from "./wait/loop.mjs";
import { imports as operations } from "./jsproxy/operations.mjs";
import { imports as promiseImports } from "./wait/promise.mjs";
import { imports as promisedImports } from "./wait/promised.mjs";
import { imports as proxyImports, liveProxies } from "./pyobject/pyproxy.mjs";
import { guard } from "./pyobject/operations.mjs";
import { hasSignal, imports as suspendImports } from "./wait/suspend.mjs";
import { imports as conversionImports } from "./convert/to-js.mjs";
import { imports as toPyImports } from "./convert/to-py.mjs";
import { useArea, imports as valueImports } from "./wire/values.mjs";

export { readStream } from "./buffers/arrow.mjs";
export { describeTable } from "./buffers/arrow-tables.mjs";
export { crash } from "./wire/errors.mjs";
export { classes } from "./ffi.mjs";
export { connectFiles } from "./jsproxy/arrays.mjs";
export { standingStill } from "./wait/loop.mjs";
export { exported } from "./wire/memory.mjs";
export { callPromise } from "./wait/promise.mjs";
export { isAlive, isPyProxy, pointerOf, setDebug } from "./pyobject/pyproxy.mjs";
export { attached, callFunction, guard, importModule } from "./pyobject/operations.mjs";
export { callSuspendable, canSuspend, useInput, useInterruptBuffer } from "./wait/suspend.mjs";
export { toJs, useLiteralMaps } from "./convert/to-js.mjs";
export { toPy } from "./convert/to-py.mjs";
export { convertNullToNone } from "./wire/values.mjs";

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
