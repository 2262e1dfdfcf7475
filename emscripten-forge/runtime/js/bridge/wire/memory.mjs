// The instance of the main module: what it exports, and views of its memory.
//
// These are variables of this module, so each interpreter imports the bridge anew (build.sh puts it behind emscripten's glue).

/** @type {Record<string, any>} what the main module exports: functions of C, by name */
export let wf = {};
/** @type {Uint8Array} */
export let u8 = new Uint8Array(0);
/** @type {Uint16Array} */
export let u16 = new Uint16Array(0);
/** @type {Uint32Array} */
export let u32 = new Uint32Array(0);
/** @type {Int32Array} */
export let i32 = new Int32Array(0);
/** @type {Float64Array} */
export let f64 = new Float64Array(0);
/** @type {BigInt64Array} */
export let i64 = new BigInt64Array(0);

/** Whether C can be called. */
export let connected = false;
/** @type {WebAssembly.Memory} */
let memory;
/** @type {Record<string, any>} */
let all = {};

/** @param {Record<string, any>} exports @param {WebAssembly.Memory} its */
export function connect(exports, its) {
  wf = all = exports;
  memory = its;
  connected = true;
  refresh();
}

/** Every later call into C throws this. @param {unknown} crash */
export function disconnect(crash) {
  connected = false;
  wf = new Proxy({}, { get: () => () => { throw crash; } });
}

/** What the main module exports, also when it should not be called any more. @param {string} name @returns {any} */
export function exported(name) {
  return all[name];
}

/** Memory that has grown has detached the views: call this when u8.length is 0, after a call into C. */
export function refresh() {
  const { buffer } = memory;
  u8 = new Uint8Array(buffer);
  u16 = new Uint16Array(buffer);
  u32 = new Uint32Array(buffer);
  i32 = new Int32Array(buffer);
  f64 = new Float64Array(buffer);
  i64 = new BigInt64Array(buffer);
}
