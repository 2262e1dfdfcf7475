"""Imports alone prove little: call what the package is for, and compare the results."""

import urllib3

assert urllib3.__name__
