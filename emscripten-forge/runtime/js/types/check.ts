// For the type checker alone: the declarations say what the modules are.

import * as bootstrap from "../bootstrap.mjs";
import * as pyodide from "../pyodide.mjs";
import type * as declaredBootstrap from "./bootstrap.mjs";
import type * as declaredPyodide from "./pyodide.mjs";

export const loadPython: typeof declaredBootstrap.loadPython = bootstrap.loadPython;
export const loadPyodide: typeof declaredPyodide.loadPyodide = pyodide.loadPyodide;
