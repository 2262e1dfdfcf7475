"""Channels: package files and their index."""
