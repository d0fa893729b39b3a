"""Idempotency: a request with a key takes effect once, however often it is sent.

Owns idempotency_keys. Calls no feature.
"""
