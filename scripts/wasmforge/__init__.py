"""wasmforge: from recipes to a Python environment in a browser tab."""

__version__ = "0.2.0"
