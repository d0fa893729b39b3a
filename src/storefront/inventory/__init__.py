"""Inventory: pieces on hand and reserved, per SKU.

Owns stock_levels, which the view offered_sizes shows. Offers service.first_count. Calls no feature.
"""
