"""Payments: one protocol for every provider, what was authorized, captured and refunded.

Owns payments, payment_events and refunds. Calls no feature.
"""
