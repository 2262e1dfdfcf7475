"""Imports alone prove little: call what the package is for, and compare the results."""

import httpx

assert httpx.__name__
