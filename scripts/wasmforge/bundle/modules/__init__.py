"""The Python modules of a bundle: their bytecode, what they import, and the graph of it."""
