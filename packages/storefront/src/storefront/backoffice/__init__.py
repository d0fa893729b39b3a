"""Backoffice: what staff see of the shop's inside, under /admin.

Owns no tables. Calls ``storefront.db`` for how the database is reached, search for its log. Every route
asks for ``Staff``.
"""
