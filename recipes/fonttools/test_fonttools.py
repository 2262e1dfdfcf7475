"""Imports alone prove little: call what the package is for, and compare the results."""

import fontTools

assert fontTools.__name__
