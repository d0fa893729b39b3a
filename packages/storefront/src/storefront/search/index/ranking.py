"""The score that search results are ranked by. Pure.

    text        how well name, brand, kind and description match the words    up to 4
    exact       for each preferred attribute it has exactly: Blue, not navy    2 each
    popularity  how well it sells, with diminishing returns                    up to 1
    available   a size of it is in stock                                       0.5
    pictured    it has a picture                                               0.25

Ties: the newest first, then the greater id. The score is computed in Python, by the index, and in SQL,
where words rank; a test compares the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass

# The weights of ``listings.words`` in the order of ts_rank: D description, C material and use, B kind
# and colour, A name and brand.
FIELDS = (0.1, 0.2, 0.6, 1.0)

TEXT = 4.0
EXACT = 2.0
POPULARITY = 1.0
HALF_POPULAR = 50  # the popularity that earns half of the points
AVAILABLE = 0.5
PICTURED = 0.25


MERIT_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Signals:
    """The inputs of a product's score.

    text: ts_rank of Postgres with FIELDS, 0 to 1; exact: preferred attributes it has; popularity: ≥ 0.
    """

    text: float
    exact: int
    popularity: int
    is_available: bool
    is_pictured: bool


def points(signals: Signals) -> dict[str, float]:
    """The points of each signal in the table above."""
    return {
        "text": TEXT * signals.text,
        "exact": EXACT * signals.exact,
        "popularity": POPULARITY * signals.popularity / (signals.popularity + HALF_POPULAR),
        "available": AVAILABLE * signals.is_available,
        "pictured": PICTURED * signals.is_pictured,
    }


def score(signals: Signals) -> float:
    """The sum of the points; the highest ranks first."""
    return sum(points(signals).values())


def merit(*, popularity: int, is_available: bool, is_pictured: bool) -> int:
    """The part of the score that no query changes, as an integer of MERIT_DIGITS binary digits.

    It is less than one preferred attribute is worth: more preferred attributes always rank first.
    """
    total = score(Signals(0.0, 0, popularity, is_available, is_pictured))
    return round(total / EXACT * (1 << MERIT_DIGITS))


def as_sql(*, words: str | None, preferred: Sequence[str], prices: Sequence[str]) -> str:
    """The same score of a row of listings, as SQL.

    words, preferred, prices: the placeholders of the text search query, of the facet values of each
    preferred attribute, and of the two bounds of the preferred price.
    """
    terms = [
        f"{POPULARITY}::float8 * popularity / (popularity + {HALF_POPULAR})",
        f"{AVAILABLE}::float8 * (sizes_in_stock <> '{{}}')::int",
        f"{PICTURED}::float8 * is_pictured::int",
    ]
    terms += [f"{EXACT}::float8 * (facets && {values})::int" for values in preferred]
    if prices:
        terms.append(f"{EXACT}::float8 * (price_minor between {' and '.join(prices)})::int")
    if words is not None:
        query = f"to_tsquery('english', {words})"
        weights = ", ".join(map(str, FIELDS))
        terms.append(f"{TEXT}::float8 * ts_rank('{{{weights}}}'::real[], words, {query})")
    return f"({' + '.join(terms)})"
