"""Recommend: new, popular and seasonal products, similar ones, and whole outfits.

Owns no tables. Calls search for the read model. Everything is found by rules over
attributes (``similarity``, ``outfits``), never at random.
"""
