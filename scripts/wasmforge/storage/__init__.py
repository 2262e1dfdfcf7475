"""Files by name in a folder, in a bucket, or behind a web server."""
