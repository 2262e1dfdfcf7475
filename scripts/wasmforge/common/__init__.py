"""What every stage uses. Imports nothing of the other packages."""
