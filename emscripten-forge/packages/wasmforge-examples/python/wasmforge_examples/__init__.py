"""The Python side of the example pages: one module a page."""
