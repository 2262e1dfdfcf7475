"""The page that scripts/demo shows, and its check."""
