"""Imports alone prove little: call what the package is for, and compare the results."""

import requests

assert requests.__name__
