"""Inventory: pieces of each SKU by location, reservations, and the ledger of every change.

Owns locations, stock_levels, stock_movements and stock_reservations; the view offered_sizes shows what
is available. Calls no feature.
"""
