"""Lists what an environment or a bundle is made of, and which of it has known vulnerabilities."""
