"""Imports alone prove little: call what the package is for, and compare the results."""

import pytz

assert pytz.__name__
