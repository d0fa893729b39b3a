"""The index that each process holds: sets of product ids, facets, order and cursors. Pure."""
