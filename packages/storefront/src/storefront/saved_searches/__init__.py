"""Searches that somebody wants to come back to, as a guest or with an account, and what is new in them.

Tables: saved_searches. May import: alerts (e-mails), cart (the owner), search.
"""
