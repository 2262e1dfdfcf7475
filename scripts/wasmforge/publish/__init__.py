"""Puts packages into channels that others install from."""
