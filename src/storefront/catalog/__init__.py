"""Catalog: what is sold, from design to size, and the pages and API that show it.

Owns brands, categories, styles, colourways, sizes, skus, media. Offers queries.listing,
queries.product_page, queries.navigation, service.import_products. Calls inventory and pictures.
"""
