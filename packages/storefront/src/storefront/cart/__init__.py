"""The bag: what a visitor or customer means to buy.

Owns carts, cart_lines and cart_gift_cards. Calls pricing, inventory, catalog and customers.
"""
