"""Environments: solving, installing, lock files."""
