"""Imports alone prove little: call what the package is for, and compare the results."""

import cycler

assert cycler.__name__
