// loadPyodide for a classic script, a classic worker and node's require(): the module pyodide.mjs is next to this file.
"use strict";
{
  const api = {
    version: PYTHON_VERSION,
    /** @param {object} [config] */
    loadPyodide: async (config) => (await import("./pyodide.mjs")).loadPyodide(config),
  };
  if (typeof module === "object" && module.exports) module.exports = api;
  else globalThis.loadPyodide = api.loadPyodide;
}
