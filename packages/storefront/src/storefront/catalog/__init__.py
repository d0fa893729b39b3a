"""Catalog: products from design to size, their prices, and the pages and API that show them.

Owns brands, categories, size charts, styles, colourways, sizes, skus, media, prices and their history,
imports. Provides queries.product_page, service.import_products, prices.record, and the views
live_products and offered_sizes. Calls inventory.
"""
