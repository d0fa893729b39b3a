"""How queries are read: words, names, prices, spelling, suggestions. Pure, apart from `dictionary`."""
