"""The derived tables: kept fresh, followed by each process, asked by statements, cached."""
