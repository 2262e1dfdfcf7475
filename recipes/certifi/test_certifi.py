"""Imports alone prove little: call what the package is for, and compare the results."""

import certifi

assert certifi.__name__
