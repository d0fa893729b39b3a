"""Backoffice: pages and actions for staff, under /admin.

Owns audit_log. Calls orders, returns, inventory, pricing, catalog, jobs, search for its log, and
``storefront.db`` for the state of the connection. Every route requires ``Staff``; every action is
logged.
"""
