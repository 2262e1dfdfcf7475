"""Serving a bundle and running Python in node or a browser."""
