"""`matplotlib.use("module://matplotlib_pyodide.wasm_backend")` gives the backend matplotlib_wasmforge."""

import sys

import matplotlib_wasmforge

# Importing this name gives that module: Matplotlib reads a backend's variables.
sys.modules[__name__] = matplotlib_wasmforge
