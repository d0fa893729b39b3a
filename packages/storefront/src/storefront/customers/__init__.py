"""People who buy: signing in, their account, addresses and consent.

Owns customers, addresses, sign_in_codes, sessions and consents. Calls jobs. Its pages are those of
``account``, which may also call the bag and the orders.
"""
