"""Members of staff: their roles, what each role may do, and what a route of staff requires.

Owns staff_members. Those listed in ``STORE_STAFF`` are admins without a row.
"""
