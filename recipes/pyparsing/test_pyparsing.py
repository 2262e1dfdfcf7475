"""Imports alone prove little: call what the package is for, and compare the results."""

import pyparsing

assert pyparsing.__name__
