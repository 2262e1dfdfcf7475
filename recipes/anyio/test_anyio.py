"""Imports alone prove little: call what the package is for, and compare the results."""

import anyio

assert anyio.__name__
