// The instance of the main module: its exports, and views of its memory.
//
// They are variables of this module, so each interpreter imports the bridge anew.

/** @type {Record<string, any>} the main module's exports: functions of C, by name */
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

/** Let every later call into C throw this error. @param {unknown} crash */
export function disconnect(crash) {
  connected = false;
  wf = new Proxy({}, { get: () => () => { throw crash; } });
}

/** An export of the main module, even after disconnect. @param {string} name @returns {any} */
export function exported(name) {
  return all[name];
}

/** Make the views anew. Memory that grows detaches them: after a call into C, call this if u8.length is 0. */
export function refresh() {
  const { buffer } = memory;
  u8 = new Uint8Array(buffer);
  u16 = new Uint16Array(buffer);
  u32 = new Uint32Array(buffer);
  i32 = new Int32Array(buffer);
  f64 = new Float64Array(buffer);
  i64 = new BigInt64Array(buffer);
}
