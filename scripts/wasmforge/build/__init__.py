"""Builds: what is out of date, the builds and their tests, the check of calls between modules."""
