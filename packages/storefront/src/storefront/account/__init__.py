"""The customer's account: pages and API of signing in, of the customer's data, its export and deletion.

Owns no table. Calls customers, cart, checkout and orders.
"""
