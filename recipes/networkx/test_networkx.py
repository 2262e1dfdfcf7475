"""Imports alone prove little: call what the package is for, and compare the results."""

import networkx

assert networkx.__name__
