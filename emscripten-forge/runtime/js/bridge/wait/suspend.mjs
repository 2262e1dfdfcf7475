// Waiting in the middle of Python code, in engines with JavaScript Promise Integration (JSPI). The other half is
// core/suspend.c.

import { INTERRUPTED, SLEPT, STUCK } from "../wire/constants.mjs";
import { encodeError } from "../wire/errors.mjs";
import { held, hold, take } from "../wire/handles.mjs";
import { wf } from "../wire/memory.mjs";
import { alarmInterval, alarmLeft, hasRung, isAlarmSet, setAlarm } from "./alarm.mjs";
import { beginWait, processorTime } from "./processor-time.mjs";
import { outcomeOf, outcomeTaken, outcomeWanted } from "./promised.mjs";
import { isPyProxy } from "../pyobject/pyproxy.mjs";
import { encode, encodeOwned } from "../wire/values.mjs";

const SIGINT = 2;
const SIGALRM = 14;

const POLL = 20; // milliseconds between checks of the interrupt buffer

/** @type {Uint8Array | undefined} the page's, in which another thread writes the number of a signal */
let pageBuffer;
const alarmBuffer = new Uint8Array(1); // for the alarm, where the page has none
/** @type {Uint8Array | undefined} the one in which signals are looked for, if any can come */
let interruptBuffer;

/** @type {{wake: (value: typeof INTERRUPTED) => void}[]} the waits, the newest last */
const waiting = [];
/** @type {ReturnType<typeof setInterval> | undefined} */
let poll;

/**
 * Let Python check this buffer for signals, while it runs and while it waits.
 * @param {Uint8Array | undefined} buffer
 */
export function useInterruptBuffer(buffer) {
  pageBuffer = buffer;
  chooseBuffer();
}

function chooseBuffer() {
  interruptBuffer = pageBuffer ?? (isAlarmSet() ? alarmBuffer : undefined);
  wf.wf_use_signals(interruptBuffer ? 1 : 0);
  startOrEndPoll();
}

/**
 * The interrupt buffer for CPython, which reads the byte and then writes 0: a signal that another thread wrote in between
 * would be lost. Here, reading a signal clears the byte, and writing 0 does nothing.
 */
export const signals = {
  get 0() {
    if (!hasSignal() || !interruptBuffer) return 0;
    const signal = interruptBuffer[0];
    interruptBuffer[0] = 0;
    // The last ring of an alarm: nothing more can come.
    if (!pageBuffer && !isAlarmSet()) chooseBuffer();
    return signal;
  },
  set 0(signal) {
    if (signal && interruptBuffer) interruptBuffer[0] = signal;
  },
};

/** Whether a signal waits in the interrupt buffer. */
export function hasSignal() {
  if (!interruptBuffer) return false;
  if (!interruptBuffer[0] && hasRung()) interruptBuffer[0] = SIGALRM;
  return interruptBuffer[0] !== 0;
}

/** Whether this engine can suspend WebAssembly. */
export function canSuspend() {
  return "Suspending" in WebAssembly && "promising" in WebAssembly;
}

/** @throws if this engine cannot suspend WebAssembly */
export function checkSuspension() {
  if (!canSuspend()) {
    throw new Error("WebAssembly stack switching not supported in this JavaScript runtime (it has no JSPI): call the function directly.");
  }
}

/** @type {Map<string, (...args: number[]) => Promise<unknown>>} */
const promising = new Map();

/**
 * Call an export of the main module, and let it wait for promises.
 * @param {string} name
 * @param {number[]} args
 * @returns {Promise<unknown>} rejected if Python has crashed
 */
export function callSuspendable(name, ...args) {
  let call = promising.get(name);
  if (!call) {
    // @ts-ignore not in the type library yet
    call = WebAssembly.promising(wf[name]);
    promising.set(name, /** @type {any} */ (call));
  }
  return /** @type {any} */ (call)(...args);
}

/**
 * Wait for the promise, or return INTERRUPTED when a signal comes first.
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T | typeof INTERRUPTED>}
 */
async function interruptible(promise) {
  if (!interruptBuffer) return promise;
  /** @type {{wake: (value: typeof INTERRUPTED) => void}} */
  let waiter = { wake: () => {} };
  const interrupted = new Promise((resolve) => (waiter = { wake: resolve }));
  waiting.push(waiter);
  startOrEndPoll();
  try {
    return await Promise.race([promise, /** @type {Promise<typeof INTERRUPTED>} */ (interrupted)]);
  } finally {
    waiting.splice(waiting.indexOf(waiter), 1);
    startOrEndPoll();
  }
}

/** Let a signal interrupt one program: the last one that began to wait. */
function lookForSignal() {
  if (!hasSignal()) return;
  if (waiting.length) waiting.at(-1)?.wake(INTERRUPTED);
  else handleSignal();
}

let programs = 0; // how many wait in asyncio's loop
let handleSignal = () => {};

/** Set the function that makes Python's loop handle a signal. @param {() => void} turn */
export function onSignal(turn) {
  handleSignal = turn;
}

function startOrEndPoll() {
  if (interruptBuffer && (waiting.length || programs)) {
    poll ??= setInterval(lookForSignal, POLL);
  } else {
    clearInterval(poll);
    poll = undefined;
  }
}

/** @type {{promised: () => Promise<void> | undefined, refuse: () => void}} */
let input = { promised: () => undefined, refuse: () => {} };

/**
 * Set the source of input that Python may have to wait for.
 * @param {typeof input} source promised: returns a promise that is fulfilled when a read that failed with EAGAIN can be
 *   repeated; refuse: is called if Python cannot wait for it
 */
export function useInput(source) {
  input = source;
}

/** @typedef {{promise: any, failed: boolean, result: any}} Outcome of a promise */

/**
 * @param {number} promise a handle
 * @returns {Promise<number>} a handle of the Outcome, or INTERRUPTED
 */
async function wait(promise) {
  const awaited = held(promise);
  outcomeWanted(awaited);
  const endWait = beginWait();
  const outcome = (/** @type {boolean} */ failed) => (/** @type {any} */ result) => ({ promise: awaited, failed, result });
  const settled = await interruptible(outcomeOf(awaited).then(outcome(false), outcome(true)));
  endWait();
  if (settled !== INTERRUPTED) return hold(settled);
  outcomeTaken(awaited);
  return INTERRUPTED;
}

/** @param {boolean} failed @param {any} result @param {number} at */
function encodeOutcome(failed, result, at) {
  if (failed) return encodeError(result, at);
  try {
    if (!(isPyProxy(result) && encodeOwned(result, at))) encode(result, at);
  } catch (error) {
    encodeError(error, at); // a PyProxy that has been destroyed
  }
}

/** @param {number} milliseconds */
async function sleep(milliseconds) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const slept = new Promise((resolve) => (timer = setTimeout(resolve, milliseconds, SLEPT)));
  const endWait = beginWait();
  const result = await interruptible(slept);
  endWait();
  clearTimeout(timer);
  return result;
}

/** @type {Int32Array | undefined} no thread writes to it */
let idle;

/**
 * Sleep and block the thread.
 * @param {number} milliseconds
 * @returns {number} INTERRUPTED or SLEPT
 */
function block(milliseconds) {
  const endWait = beginWait();
  try {
    return blockUncounted(milliseconds);
  } finally {
    endWait();
  }
}

/** @param {number} milliseconds */
function blockUncounted(milliseconds) {
  const end = performance.now() + milliseconds;
  for (let left = milliseconds; left > 0; left = end - performance.now()) {
    if (hasSignal()) return INTERRUPTED;
    try {
      idle ??= new Int32Array(new SharedArrayBuffer(4));
      Atomics.wait(idle, 0, 0, interruptBuffer ? Math.min(left, POLL) : left);
    } catch {
      // A page's main thread must not wait: it loops until the time is over.
    }
  }
  return SLEPT;
}

/** @param {(argument: number) => Promise<number>} work @returns {any} a function for C to import */
function suspending(work) {
  // @ts-ignore not in the type library yet
  return canSuspend() ? new WebAssembly.Suspending(work) : () => STUCK;
}

/** Functions that C imports. */
export const imports = {
  js_wait: suspending(wait),
  js_sleep: suspending(sleep),
  js_block: block,
  /** @param {number} more how many more programs wait in asyncio's loop; negative: fewer */
  js_watch_signals: (more) => {
    programs += more;
    startOrEndPoll();
  },
  js_processor_time: processorTime,
  /** @param {number} first milliseconds @param {number} interval milliseconds */
  js_set_alarm: (first, interval) => {
    setAlarm(first, interval);
    chooseBuffer();
  },
  js_alarm_left: alarmLeft,
  js_alarm_interval: alarmInterval,
  js_pass_interrupt: () => {
    if (!interruptBuffer || !waiting.length) return 0;
    interruptBuffer[0] = SIGINT; // the wait that wakes up reads it
    waiting.at(-1)?.wake(INTERRUPTED);
    return 1;
  },
  js_promised_input: () => {
    const promise = input.promised();
    return promise ? hold(promise) : 0;
  },
  js_refuse_input: () => input.refuse(),
  js_can_suspend: () => Number(canSuspend()),

  /** Write an outcome that js_wait gave, and forget it. @param {number} outcome @param {number} at */
  js_outcome: (outcome, at) => {
    /** @type {Outcome} */
    const { promise, failed, result } = take(outcome);
    encodeOutcome(failed, result, at);
    outcomeTaken(promise, result);
  },

  /** Run C's work on the main stack. @param {number} work @param {number} args */
  js_work: (work, args) => wf.wf_work(work, args),

  /** A promise that js_set_event fulfils, held. */
  js_event: () => {
    let resolve = () => {};
    const promise = new Promise((done) => (resolve = () => done(undefined)));
    return hold(Object.assign(promise, { resolve }));
  },
  /** @param {number} event */
  js_set_event: (event) => held(event).resolve(),
};
