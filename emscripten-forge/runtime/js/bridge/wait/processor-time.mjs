// The processor time of the interpreter (core/clocks.c). node knows it. A page knows the time in which Python did not wait.

const usage = globalThis.process?.cpuUsage?.bind(process);
const start = performance.now();
let waited = 0; // milliseconds in which Python waited
let latest = 0;

/** @returns {number} seconds; never less than before, though waits can overlap */
export function processorTime() {
  if (usage) {
    const { user, system } = usage();
    return (user + system) / 1e6;
  }
  latest = Math.max(latest, performance.now() - start - waited);
  return latest / 1e3;
}

/**
 * Count the time until the returned function is called as waiting.
 * @returns {() => void}
 */
export function beginWait() {
  const began = performance.now();
  return () => (waited += performance.now() - began);
}
