"""From a bag to an order: address, delivery, payment; exactly once, despite repeated clicks and crashes.

Owns checkouts. Calls cart, pricing, inventory, payments, orders, customers and idempotency.
"""
