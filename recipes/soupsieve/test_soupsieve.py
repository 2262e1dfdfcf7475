"""Imports alone prove little: call what the package is for, and compare the results."""

import soupsieve

assert soupsieve.__name__
