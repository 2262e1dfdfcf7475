"""Imports alone prove little: call what the package is for, and compare the results."""

import httpcore

assert httpcore.__name__
