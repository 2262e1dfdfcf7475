"""Imports alone prove little: call what the package is for, and compare the results."""

import bs4

assert bs4.__name__
