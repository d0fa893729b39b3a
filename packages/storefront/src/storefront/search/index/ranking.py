"""The score that search results are ranked by. Pure.

    code        its number, SKU or GTIN was searched for                       8
    title       for each word that its name, brand, kind or colour contains    2
    rare        more for such a word of one in 3 results; in 32; in 316         1, 2, 3
    said        more for such a word itself, not another one for it             1
    details     for each other word that its description or material contains  1
    literal     for each word with signs that its name contains exactly        3
    preferred   for each preferred attribute it has exactly: Blue, not navy    2
    meant       its kind is the nth that a need is about (reciprocal rank)     6 / (n + 1)

Ties: popularity (with diminishing returns, up to 1), available (0.5), pictured (0.25); then the newest,
then the greater id. Points are sums over sets (``bit_slices.tally``): only the shown page is sorted.
"""

import math

CODE = 8
TITLE = 2
SAID = 1
_MOST_RARE = 3
DETAILS = 1
LITERAL = 3
PREFERRED = 2
MEANT = 6

POPULARITY = 1.0
HALF_POPULAR = 50  # the popularity that earns half of the points
AVAILABLE = 0.5
PICTURED = 0.25

MERIT_DIGITS = 18


def rarity(matching: int, results: int) -> int:
    """The additional points of a word that few of the results have in their titles: among T-shirts,
    a dragon says more than *tee*."""
    return min(_MOST_RARE, round(math.log10(results / matching))) if matching else 0


def meant(rank: int) -> int:
    """The points of a kind that a need is about; rank: 1 for the best.

    The first outranks a word of the name, the second equals one: 3, 2, 1, 1. Both kinds of points
    are added, so that among laptop bags those that say "college" come first (reciprocal rank
    fusion: Cormack, Clarke and Büttcher 2009).
    """
    return MEANT // (rank + 1)


def merit(*, popularity: int, is_available: bool, is_pictured: bool) -> int:
    """The tie-breaker between equal points, as an integer of MERIT_DIGITS binary digits."""
    total = (
        POPULARITY * popularity / (popularity + HALF_POPULAR)
        + AVAILABLE * is_available
        + PICTURED * is_pictured
    )
    return round(total / (POPULARITY + AVAILABLE + PICTURED + 0.01) * (1 << MERIT_DIGITS))
