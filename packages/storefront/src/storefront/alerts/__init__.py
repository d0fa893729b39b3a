"""Alerts: one e-mail when a size is back or a price is reached, to those who confirmed it.

Alerts on saved searches are confirmed and stopped here, too; what is new in them is found and sent by
``saved_searches``.
"""
