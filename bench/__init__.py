"""Measures; asserts nothing. Times are given as ratios within one run: machines differ, ratios less."""
