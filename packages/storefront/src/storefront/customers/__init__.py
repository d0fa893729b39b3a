"""People who buy: signing in, their account, addresses and consent.

Owns customers, addresses, sign_in_codes, sessions and consents. Calls no feature.
"""
