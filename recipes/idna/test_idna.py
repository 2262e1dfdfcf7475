"""Imports alone prove little: call what the package is for, and compare the results."""

import idna

assert idna.__name__
