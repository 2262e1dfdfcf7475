"""Imports alone prove little: call what the package is for, and compare the results."""

import charset_normalizer

assert charset_normalizer.__name__
