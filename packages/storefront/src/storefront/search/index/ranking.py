"""Why one product stands before another in an answer to a query. Pure.

    text        how well name, brand, kind and description say the words     up to 4
    exact       for each wish that it meets just so: Blue, not a near blue    2 each
    popularity  how well it sells, the more the flatter                       up to 1
    available   some size of it can be bought                                 0.5
    pictured    it can be seen                                                0.25

Equal sums: the newest first, then the greater number. What is called exactly as was typed needs no
rank: it is the answer (``finding``). The sum stands here in Python, for the index of a process, and in
SQL, for words; a test compares the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass

# Of the fields of ``listings.words`` in the order of ts_rank: D description, C material and use, B kind
# and colour, A name and brand.
FIELDS = (0.1, 0.2, 0.6, 1.0)

TEXT = 4.0
EXACT = 2.0
POPULARITY = 1.0
HALF_POPULAR = 50  # the popularity that earns half of its points
AVAILABLE = 0.5
PICTURED = 0.25


MERIT_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Signals:
    """What ranking knows of a product and a query.

    text: Postgres's ts_rank with FIELDS, 0 to 1; exact: wishes met just so; popularity: 0 or more.
    """

    text: float
    exact: int
    popularity: int
    is_available: bool
    is_pictured: bool


def points(signals: Signals) -> dict[str, float]:
    """What each reason adds, by its name in the table above."""
    return {
        "text": TEXT * signals.text,
        "exact": EXACT * signals.exact,
        "popularity": POPULARITY * signals.popularity / (signals.popularity + HALF_POPULAR),
        "available": AVAILABLE * signals.is_available,
        "pictured": PICTURED * signals.is_pictured,
    }


def score(signals: Signals) -> float:
    """The sum that products are sorted by, greatest first."""
    return sum(points(signals).values())


def merit(*, popularity: int, is_available: bool, is_pictured: bool) -> int:
    """What a product has without any query, as a whole number below MERIT_DIGITS binary digits.

    Less than one wish is worth: whatever its merit, a product that meets more wishes comes first.
    """
    sum_ = score(Signals(0.0, 0, popularity, is_available, is_pictured))
    return round(sum_ / EXACT * (1 << MERIT_DIGITS))


def as_sql(*, words: str | None, preferred: Sequence[str], prices: Sequence[str]) -> str:
    """The same sum over a row of listings.

    words, preferred, prices: where the statement has the text search query, the facet values of each
    wish, and the two bounds of the price wished for.
    """
    terms = [
        f"{POPULARITY}::float8 * popularity / (popularity + {HALF_POPULAR})",
        f"{AVAILABLE}::float8 * (sizes_in_stock <> '{{}}')::int",
        f"{PICTURED}::float8 * is_pictured::int",
    ]
    terms += [f"{EXACT}::float8 * (facets && {wish})::int" for wish in preferred]
    if prices:
        terms.append(f"{EXACT}::float8 * (price_minor between {' and '.join(prices)})::int")
    if words is not None:
        query = f"to_tsquery('english', {words})"
        weights = ", ".join(map(str, FIELDS))
        terms.append(f"{TEXT}::float8 * ts_rank('{{{weights}}}'::real[], words, {query})")
    return f"({' + '.join(terms)})"
