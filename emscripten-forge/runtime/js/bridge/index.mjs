// The two-way bridge of one interpreter: the functions that the main module imports, and those that js/interpreter uses.

import { js_buffer_copy } from "./buffers/arrays.mjs";
import { imports as toJsImports } from "./convert/to-js.mjs";
import { imports as toPyImports } from "./convert/to-py.mjs";
import { imports as arrayImports } from "./jsproxy/jsbuffer.mjs";
import { imports as asyncImports } from "./jsproxy/async.mjs";
import { imports as jsProxyImports } from "./jsproxy/jsproxy.mjs";
import { imports as operationImports } from "./jsproxy/operations.mjs";
import { guard } from "./pyobject/operations.mjs";
import { imports as pyProxyImports, liveProxies, makeProxy, useKinds } from "./pyobject/pyproxy.mjs";
import { kindOf } from "./pyproxy-classes/mixins.mjs";
import { imports as timeZoneImports } from "./time-zone.mjs";
import { imports as loopImports } from "./wait/loop.mjs";
import { imports as promiseImports } from "./wait/promise.mjs";
import { imports as promisedImports } from "./wait/promised.mjs";
import { hasSignal, imports as suspendImports, signals } from "./wait/suspend.mjs";
import { held, heldCount, hold, release } from "./wire/handles.mjs";
import { imports as keptImports, throwKept, useErrors } from "./wire/kept.mjs";
import { connect, wf } from "./wire/memory.mjs";
import { useArea, imports as valueImports, useProxies } from "./wire/values.mjs";

export { readStream } from "./buffers/arrow.mjs";
export { describeTable } from "./buffers/arrow-tables.mjs";
export { crash } from "./wire/kept.mjs";
export { classes } from "./ffi.mjs";
export { connectFiles } from "./jsproxy/jsbuffer.mjs";
export { standingStill } from "./wait/loop.mjs";
export { exported } from "./wire/memory.mjs";
export { callPromise } from "./wait/promise.mjs";
export { isAlive, isPyProxy, pointerOf, setDebug } from "./pyobject/pyproxy.mjs";
export { attached, callFunction, guard, importModule } from "./pyobject/operations.mjs";
export { callSuspendable, canSuspend, useInput, useInterruptBuffer } from "./wait/suspend.mjs";
export { toJs, useLiteralMaps } from "./convert/to-js.mjs";
export { toPy } from "./convert/to-py.mjs";
export { convertNullToNone } from "./wire/values.mjs";

// A value can be a PyProxy, and a PyProxy reads and writes values: passing these functions in keeps the imports free of
// circles.
useProxies(makeProxy);
useKinds(kindOf);

/** Functions that C imports from the module "wasmforge". */
const imports = {
  js_buffer_copy,
  js_release: release,
  js_hold_again: (/** @type {number} */ handle) => hold(held(handle)),
  ...valueImports,
  ...keptImports,
  ...pyProxyImports,
  ...toJsImports,
  ...toPyImports,
  ...arrayImports,
  ...asyncImports,
  ...jsProxyImports,
  ...operationImports,
  ...loopImports,
  ...promiseImports,
  ...promisedImports,
  ...suspendImports,
  ...timeZoneImports,
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

/**
 * Connect to the argument area: once, after C's own data is in place and before Python starts.
 * @param {any} module emscripten's
 */
export function start(module) {
  module.Py_EmscriptenSignalBuffer = signals;
  useArea(wf.wf_area() >>> 0, wf.wf_area_size());
}

/** Count the Python objects that JavaScript holds, and the JavaScript objects that Python holds. */
export function live() {
  guard(() => wf.wf_forget_errors());
  return { proxies: liveProxies(), handles: heldCount() };
}

/**
 * Deliver a signal that waits in the interrupt buffer. C code that has released the GIL cannot run Python's handler: the
 * signal stays in the buffer, and the system call fails with EINTR.
 * @param {any} module emscripten's
 */
export function checkInterrupt(module) {
  if (guard(() => wf.PyGILState_Check())) {
    if (guard(() => wf.wf_check_interrupt()) < 0) throwKept();
  } else if (hasSignal()) {
    throw new module.FS.ErrnoError(module.ERRNO_CODES.EINTR);
  }
}
