"""The names of Pyodide's backends, which pages give to matplotlib.use(): they mean matplotlib_wasmforge."""
