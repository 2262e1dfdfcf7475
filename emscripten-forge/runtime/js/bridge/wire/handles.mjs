// Handles: numbers for the JavaScript objects that Python holds.

/** @type {any[]} by handle; 0 is no handle */
const objects = [undefined];
/** @type {number[]} */
const free = [];

/** @param {any} object @returns {number} */
export function hold(object) {
  const handle = free.length ? /** @type {number} */ (free.pop()) : objects.length;
  objects[handle] = object;
  return handle;
}

/** @param {number} handle @returns {any} */
export function held(handle) {
  return objects[handle];
}

/** @param {number} handle */
export function release(handle) {
  objects[handle] = undefined;
  free.push(handle);
}

/** Release a handle and return its object. @param {number} handle @returns {any} */
export function take(handle) {
  const object = objects[handle];
  release(handle);
  return object;
}

/** How many handles are in use. */
export function heldCount() {
  return objects.length - 1 - free.length;
}
