"""The derived tables: refreshed, followed by each process, queried and cached."""
