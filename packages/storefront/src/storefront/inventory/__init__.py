"""Inventory: pieces on hand and reserved, per SKU.

Owns stock_levels, which the view offered_sizes shows. Offers service.count. Calls no feature.
"""
