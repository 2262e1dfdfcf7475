// What JavaScript does for Python's JsProxy objects.

/** The protocols of an object that decide the type of its JsProxy. @param {any} object @returns {number} */
export function typeFlags(object) {
  return 0;
}
