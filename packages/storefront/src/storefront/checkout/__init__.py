"""From a bag to an order: address, delivery, payment; once, whatever is clicked, cut or restarted.

Owns checkouts. Calls cart, pricing, inventory, payments, orders, customers and idempotency.
"""
