"""Inventory: pieces on hand and reserved, per SKU.

Owns stock_levels. Offers queries.pieces_left and service.first_count. Calls no feature.
"""
