// The timer of signal.alarm() and signal.setitimer() (core/clocks.c). It rings where Python looks for signals (suspend.mjs).

let rings = Infinity; // at this time of performance.now()
let interval = 0; // milliseconds

/** @param {number} first milliseconds until it rings, 0: never @param {number} every milliseconds until it rings again, 0: once */
export function setAlarm(first, every) {
  rings = first > 0 ? performance.now() + first : Infinity;
  interval = every;
}

export function isAlarmSet() {
  return rings < Infinity;
}

/** Milliseconds, or 0 if it is not set. A timer that is set has some time left. */
export function alarmLeft() {
  return isAlarmSet() ? Math.max(rings - performance.now(), 0.001) : 0;
}

export function alarmInterval() {
  return isAlarmSet() ? interval : 0;
}

/** Whether it has rung since it was last asked. */
export function hasRung() {
  if (!isAlarmSet() || performance.now() < rings) return false;
  rings = interval > 0 ? performance.now() + interval : Infinity;
  return true;
}
