// A bundle's pyodide.js: a global function for classic scripts, exports for require().

import type { PyodideConfig, PyodideInterface } from "./pyodide.mjs";

export * from "./pyodide.mjs";

declare global {
  function loadPyodide(config?: PyodideConfig): Promise<PyodideInterface>;
}
