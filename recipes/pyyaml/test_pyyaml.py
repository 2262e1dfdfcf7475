"""Imports alone prove little: call what the package is for, and compare the results."""

import yaml

assert yaml.__name__
