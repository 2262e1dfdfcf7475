// loadPyodide for a classic script, a classic worker and node's require(): the module pyodide.mjs is next to this file.
"use strict";
{
  const inNode = typeof module === "object" && module.exports;
  // A script of another origin must name the module's whole address: what it imports is relative to the page. In a worker,
  // only a stack trace has the script's address.
  const own = globalThis.document?.currentScript?.src || new Error().stack;
  const base = inNode ? undefined : /(?:https?|file):\/\/\S+?(?=:\d+:\d+|$)/m.exec(own ?? "")?.[0];
  const address = base ? new URL("pyodide.mjs", base).href : "./pyodide.mjs";
  const api = {
    version: PYTHON_VERSION,
    /** @param {object} [config] */
    loadPyodide: async (config) => (await import(address)).loadPyodide(config),
  };
  if (inNode) module.exports = api;
  else globalThis.loadPyodide = api.loadPyodide;
}
