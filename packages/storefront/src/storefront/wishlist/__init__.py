"""Products that somebody wants to remember, as a guest or with an account, and may show to others.

Tables: wishlist_items, wishlist_links. May import: cart (whose it is), search (cards), and what lies
below.
"""
