"""Returns and exchanges: pieces that customers send back, and their processing.

Owns returns and return_lines. Calls orders, checkout, payments, pricing, inventory and catalog.
"""
