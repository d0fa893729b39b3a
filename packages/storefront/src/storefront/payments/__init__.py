"""Payments: one protocol for every provider, and authorizations, captures and refunds.

Owns payments, payment_events and refunds. Calls no feature.
"""
