"""Recommend: what else might please: new, popular and seasonal things, similar ones, whole outfits.

Owns no tables. Calls search for the read model. Everything is found by attributes, by rules that can be
read (``likeness``); nothing is drawn by lot and nothing is made up.
"""
