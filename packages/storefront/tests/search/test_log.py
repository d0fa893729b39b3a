"""What the search log may hold: no personal data, and no single client's flood."""

from collections.abc import Callable

import pytest

from storefront.db import Database
from storefront.search.log import SearchLog
from storefront.search.masking import masked


@pytest.mark.parametrize(
    ("query", "stored"),
    [
        ("anna@example.com", "[e-mail]"),
        ("order of anna.b+shop@mail.example.co.uk blue", "order of [e-mail] blue"),
        ("anna＠example．com", "[e-mail]"),
        ("4111 1111 1111 1111", "[number]"),
        ("4111-1111-1111-1111 red shirt", "[number] red shirt"),
        ("4111111111111111", "[number]"),
        ("card 3782 822463 10005", "card [number]"),
        ("call +49 (0)30 / 123 45-67", "call [number]"),
        ("(555) 123-4567", "[number]"),
        ("555.123.4567", "[number]"),
        ("٠١٧١٢٣٤٥٦٧", "[number]"),
        ("red shirt", "red shirt"),
        ("jeans 32 34", "jeans 32 34"),
        ("summer 2024", "summer 2024"),
        ("shoes under 1000", "shoes under 1000"),
        ("levis 501", "levis 501"),
    ],
)
def test_personal_data_in_a_query_is_masked(query: str, stored: str) -> None:
    assert masked(query) == stored


async def test_what_is_written_is_masked_and_bounded_by_address(
    fresh_database: Callable[[], Database],
) -> None:
    database = fresh_database()
    log = SearchLog(database)
    log.record("Anna@Example.com", 0, address="192.0.2.1")
    for number in range(200):
        log.record(f"flood {number}", 0, address="192.0.2.2")
    log.record("shirt", 3, address="192.0.2.1")
    await log.write()
    rows = await database.fetch("select query from shop.search_log order by id")
    await database.aclose()
    queries = [row["query"] for row in rows]
    assert queries[0] == "[e-mail]"
    assert queries[-1] == "shirt"
    assert queries[1:-1] == [f"flood {number}" for number in range(60)]
