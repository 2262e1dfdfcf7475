// What a bundle's pyodide.js gives: a global function to a classic script, an export to require().

import type { PyodideConfig, PyodideInterface } from "./pyodide.mjs";

export * from "./pyodide.mjs";

declare global {
  function loadPyodide(config?: PyodideConfig): Promise<PyodideInterface>;
}
