"""Wheels in an environment: choosing, fetching, installing."""
