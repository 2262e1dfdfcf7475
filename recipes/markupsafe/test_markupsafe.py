"""Imports alone prove little: call what the package is for, and compare the results."""

import markupsafe

assert markupsafe.__name__
