"""Bundles: an environment as a static folder."""
