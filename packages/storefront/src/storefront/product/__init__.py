"""The page of one product, its quick view, and what a visitor looked at before.

Tables: none. Puts together what catalog, pricing and search know.
"""
