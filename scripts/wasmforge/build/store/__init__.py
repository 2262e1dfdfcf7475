"""A store of builds that others made, which are taken by input hash rather than built again."""
