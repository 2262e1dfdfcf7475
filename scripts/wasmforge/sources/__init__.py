"""Source files, by hash."""
