"""Returns and exchanges: what customers send back, and what becomes of it.

Owns returns and return_lines. Calls orders, checkout, payments, pricing, inventory and catalog.
"""
