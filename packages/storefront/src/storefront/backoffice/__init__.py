"""Backoffice: what staff see and do, under /admin.

Owns audit_log. Calls orders, inventory, pricing and catalog, ``storefront.db`` for how the database is
reached, search for its log, jobs. Every route asks for ``Staff``; every action is logged.
"""
