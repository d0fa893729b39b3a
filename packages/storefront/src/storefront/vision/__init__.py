"""Pictures as vectors: the network, the vectors of the catalogue's pictures, and which are alike.

Two pictures are alike where the cosine of their vectors is high. Nothing here knows of words, prices or
filters: ``photo`` and ``recommend`` combine them.
"""
