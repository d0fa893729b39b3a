"""Collections: products chosen by a rule or by hand, under a title and an address of their own.

Owns collections. Calls search, which answers rules from its read model, and redirects where an address
changes.
"""
