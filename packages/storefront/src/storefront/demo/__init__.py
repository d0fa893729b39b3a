"""The demo: generated products with drawn pictures, and past orders of the demo shoppers.

Owns no tables. Offers ``products.demo_products`` (what the importer reads), ``drawing.picture.draw`` (a
picture key to SVG), ``drawing.picture.rasterise`` (SVG to PNG) and ``orders.place_demo_orders``.
Calls ``catalog``, and for the orders cart, checkout, orders and payments.
"""
