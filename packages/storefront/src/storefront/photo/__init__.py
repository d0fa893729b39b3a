"""Search by photograph: what looks like it, as JSON and as a page. Nothing that is uploaded is stored.

Owns no table. The photograph becomes a vector (``vision``), the vector an address (``address.py``), and
the address a listing that is sorted by likeness, which filters narrow like any other.
"""
