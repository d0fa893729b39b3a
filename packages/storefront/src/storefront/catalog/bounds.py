"""The values that a product may have, for the importer, the database's checks and the listings.

Migration 0012 has the same numbers; a test compares them. The importer rejects a row outside of these,
with its line; the database's checks reject all other writes; the index of a process
(``search/index/product_index.py``) can represent all of them.
"""

from datetime import UTC, datetime

BIGGEST_ID = 2**62
"""Product numbers, the last part of addresses."""

MOST_MINOR = 10_000_000_000
"""Prices, in minor units: 100 million dollars; below 2**36."""

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""Times from the first to before the second; 2**33 seconds are the year 2242."""

YEARS = range(1990, 2101)
MOST_PIECES = 1_000_000_000
MOST_GRAMS = 1_000_000_000
LONGEST_SIDE_PX = 100_000
MOST_SIZE_SORT = 9_999

MOST_SIZES = 10_000
"""Rows of a product in a file."""

MOST_CHARACTERS = 300
MOST_DESCRIPTION = 5_000
