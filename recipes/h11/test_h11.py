"""Imports alone prove little: call what the package is for, and compare the results."""

import h11

assert h11.__name__
