"""Imports alone prove little: call what the package is for, and compare the results."""

import regex

assert regex.__name__
