"""From a bag to an order: address, delivery, payment; once, whatever is clicked, cut or restarted.

Owns checkouts and idempotency_keys. Calls cart, pricing, inventory, payments, orders and customers.
"""
