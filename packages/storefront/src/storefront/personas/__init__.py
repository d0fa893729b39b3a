"""Personas: demo shoppers with declared preferences. Owns no tables; their profiles are code."""
