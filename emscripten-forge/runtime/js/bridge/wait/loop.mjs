// Schedules the turns of asyncio's event loop (py/pyodide/webloop.py) among the page's events.

import { crash } from "../wire/kept.mjs";
import { wf } from "../wire/memory.mjs";
import { attached } from "../pyobject/operations.mjs";
import { callSuspendable, canSuspend, onSignal } from "./suspend.mjs";

const LONGEST = 2 ** 31 - 1; // milliseconds that setTimeout can count

let soon = false; // whether a turn is due at once
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

let standing = false; // whether a program runs that asyncio must not interrupt
let putOff = false; // whether a turn came due meanwhile

/** Let the loop run its ready callbacks. */
function turn() {
  if (standing) {
    putOff = true;
    return;
  }
  soon = false;
  if (canSuspend()) callSuspendable("wf_loop_turn", 1).catch(crash);
  else turnNow();
}

function turnNow() {
  try {
    wf.wf_loop_turn(0);
  } catch (error) {
    crash(error);
  }
}

/** @type {(work: () => void) => void} runs work after the events that already wait, without setTimeout's minimum delay */
const atOnce = (() => {
  if (typeof setImmediate === "function") return (work) => void setImmediate(work);
  return (work) => {
    // An open channel with a handler is never freed, nor is what the handler refers to, the interpreter: close it.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      work();
    };
    port2.postMessage(null);
  };
})();

/**
 * Run work that blocks the thread: a synchronous request. Firefox delivers messages and settles promises meanwhile, so
 * Python may be called; its loop waits until the work is done.
 * @template T
 * @param {() => T} work
 * @returns {T}
 */
export function standingStill(work) {
  const before = standing;
  standing = true;
  try {
    return attached(work);
  } finally {
    standing = before;
    if (putOff && !standing) {
      putOff = false;
      atOnce(turn);
    }
  }
}

onSignal(turn);

export const imports = {
  /** Give the loop a turn as soon as the page can. */
  js_loop_soon: () => {
    if (soon) return;
    soon = true;
    atOnce(turn);
  },
  /** Give the loop a turn later. Replaces the time set before. @param {number} milliseconds */
  js_loop_later: (milliseconds) => {
    clearTimeout(timer);
    timer = setTimeout(turn, Math.min(milliseconds, LONGEST));
  },
};
