"""Imports alone prove little: call what the package is for, and compare the results."""

import six

assert six.__name__
