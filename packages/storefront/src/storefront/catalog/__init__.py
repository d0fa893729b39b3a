"""Catalog: what is sold, from design to size, what it costs, and the pages and API that show it.

Owns brands, categories, size charts, styles, colourways, sizes, skus, media, prices and their history,
imports. Offers queries.product_page, service.import_products, prices.record, and the views
live_products and offered_sizes. Calls inventory.
"""
