"""Redirects: what was at an address moved to another one of this shop (301), or is gone (410).

Owns redirects. Asked only where the shop would answer 404 or 410 otherwise.
"""
