"""Products that somebody wants to remember, as a guest or with an account.

Tables: wishlist_items. May import: cart (whose it is), search (cards), and what lies below.
"""
