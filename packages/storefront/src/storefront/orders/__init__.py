"""Placed orders and their lifecycle: history, parcels, cancellation, refunds, e-mails.

Owns orders, order_lines, order_discounts, order_events, shipments, shipment_lines and replacements.
Calls payments, pricing and inventory.
"""
