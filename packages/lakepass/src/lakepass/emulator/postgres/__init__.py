"""The embedded Postgres: its programs, its clusters, and what is in them."""
