"""The Python code of the example pages, one module for each page."""
