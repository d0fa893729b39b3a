"""Query understanding: words, names, prices, spelling, suggestions. Pure."""
