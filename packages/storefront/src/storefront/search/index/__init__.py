"""The in-memory index of each process: sets of product ids, facets and orders. Pure."""
