"""Imports alone prove little: call what the package is for, and compare the results."""

import jinja2

assert jinja2.__name__
