"""The demo catalogue: invented products and a drawn picture of each, the same for the same seed.

Owns no tables. Offers ``products.demo_products`` (what the importer reads),
``drawing.picture.draw`` (a picture key to SVG) and ``drawing.picture.rasterise`` (SVG to PNG).
Calls ``catalog.colours`` and ``catalog.source``.
"""
