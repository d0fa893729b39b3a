"""Trains the picture model and measures it. Nothing that runs a shop imports this."""
