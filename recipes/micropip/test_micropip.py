"""Imports alone prove little: call what the package is for, and compare the results."""

import micropip

assert micropip.__name__
