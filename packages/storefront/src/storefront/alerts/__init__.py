"""Tell me when it is so: one e-mail about a size that is back or a price, to those who confirmed it.

Alerts on saved searches are confirmed and stopped here, too; what is new in them is found and sent by
``saved_searches``.
"""
