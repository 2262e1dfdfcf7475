"""Recipes: rendering, who needs whom, input hashes, first recipes for Python packages."""
