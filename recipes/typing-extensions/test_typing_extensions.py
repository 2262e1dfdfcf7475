"""Imports alone prove little: call what the package is for, and compare the results."""

import typing_extensions

assert typing_extensions.__name__
