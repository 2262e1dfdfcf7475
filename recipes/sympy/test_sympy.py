"""Imports alone prove little: call what the package is for, and compare the results."""

import isympy
import sympy

assert isympy.__name__
assert sympy.__name__
