"""Which database: where it is, by which name it is found, and which role logs in."""
