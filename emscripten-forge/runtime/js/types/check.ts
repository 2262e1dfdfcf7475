// For the type checker alone: the declarations say what the modules are.

import * as bootstrap from "../entry/bootstrap.mjs";
import * as progress from "../entry/progress.mjs";
import * as pyodide from "../entry/pyodide.mjs";
import type * as declaredBootstrap from "./bootstrap.mjs";
import type * as declaredProgress from "./progress.mjs";
import type * as declaredPyodide from "./pyodide.mjs";

export const loadPython: typeof declaredBootstrap.loadPython = bootstrap.loadPython;
export const ProgressBar: typeof declaredProgress.ProgressBar = progress.ProgressBar;
export const loadPyodide: typeof declaredPyodide.loadPyodide = pyodide.loadPyodide;
