"""Faults to inject: the methods, their table, and their HTTP routes."""
