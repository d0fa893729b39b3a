"""Distils the vectors of words that tell what a shopper's need is about."""
