"""Imports alone prove little: call what the package is for, and compare the results."""

import mpmath

assert mpmath.__name__
