"""Placed orders and their life: history, parcels, cancellation, refunds, the e-mails about them.

Owns orders, order_lines, order_discounts, order_events, shipments, shipment_lines and replacements.
Calls payments, pricing and inventory.
"""
