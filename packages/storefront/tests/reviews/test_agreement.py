"""Averages, counts and votes agree with their rows whoever writes at once; rules hold what they must."""

import asyncio
import random
from collections.abc import Callable

import pytest
from sqlalchemy import text

from storefront.audit import audit
from storefront.db import Database
from storefront.demo.opinions import FITTED, Bought, opinions
from storefront.reviews.moderation import Reason, reasons

_PLACE = text("select id from shop.reviews where product_id = :product order by id")


async def test_many_writers_at_once_leave_every_number_as_its_rows_have_it(
    stocked_database: Callable[[int], Database],
) -> None:
    database = stocked_database(300)
    async with database.reads() as session:
        product: int = await session.scalar(
            text("select id from shop.colourways order by rating_count desc, id limit 1")
        )
        ids = list(await session.scalars(_PLACE, {"product": product}))

    async def change(number: int) -> None:
        chance = random.Random(number)
        async with database.writes() as session:
            await session.execute(
                text("update shop.reviews set stars = :stars, state = :state where id = :id"),
                {
                    "stars": chance.randint(1, 5),
                    "state": chance.choice(("published", "held")),
                    "id": chance.choice(ids),
                },
            )
        async with database.writes() as session:
            await session.execute(
                text(
                    "insert into shop.review_votes (review_id, visitor_id) values (:id, :visitor)"
                    " on conflict do nothing"
                ),
                {"id": ids[number % 3], "visitor": f"visitor {number % 11}"},
            )

    for start in range(0, 60, 6):
        await asyncio.gather(*(change(number) for number in range(start, start + 6)))
    assert await audit(database) == []
    async with database.writes() as session:
        await session.execute(
            text("delete from shop.reviews where product_id = :product"), {"product": product}
        )
    assert await audit(database) == []
    async with database.writes() as session:
        [row] = await session.execute(
            text("select rating_avg, rating_count from shop.colourways where id = :id"),
            {"id": product},
        )
        assert tuple(row) == (None, 0)
        await session.execute(
            text("update shop.colourways set rating_count = 7 where id = :id"), {"id": product}
        )
    assert [(one.book, one.kept, one.added_up) for one in await audit(database)] == [
        ("rating_count", 7, 0)
    ]
    await database.aclose()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Fits well, size 38/40, washed at 30 degrees. I am 178 cm and 72 kg.", []),
        ("great.Fits well, I wear it at home.it is warm", []),
        ("Order 12345 came on 2026-11-28, for $59.99 instead of 79.99", []),
        ("86-61-89, W 32 L 34, size 36, 38, 40, 42", []),
        ("see https://x.y", ["link"]),
        ("cheap-shoes.com", ["link"]),
        ("cheap shoes dot com", ["link"]),
        ("bit.ly/abc and t.me/abc", ["link"]),
        ("a.b@c.de", ["e-mail"]),
        ("ann (at) example (dot) org", ["e-mail", "link"]),
        ("call 212-555-0199", ["telephone"]),
        ("+49 30 1234567", ["telephone"]),
        ("٠١٢٣٤٥٦٧٨٩", ["telephone"]),
        ("Ｆｕｃｋ", ["word"]),
        ("f u c k", ["word"]),
        ("fu\u200bck", ["word"]),
        ("Scheiße", ["word"]),
        ("a Blunderbuss", ["word"]),
    ],
)
def test_rules_hold_what_must_be_read(written: str, expected: list[Reason]) -> None:
    found = reasons(
        [None, written],
        words={"blunder"},
        has_photographs=False,
        holds_everything=False,
        country="US",
    )
    assert found == expected


def test_photographs_and_the_setting_hold_everything() -> None:
    found = reasons(["Fine."], words=(), has_photographs=True, holds_everything=True, country="US")
    assert found == ["photograph", "everything"]


def test_demo_buyers_think_as_the_module_says() -> None:
    sizes = [(number, str(number)) for number in range(6)]
    products = [
        Bought(number, "Women", f"kind {number % 3}", "Blue", "alpha", sizes)
        for number in range(2_000)
    ]
    found = opinions(products, seed=1, shoppers=90)
    assert found == opinions(products, seed=1, shoppers=90)
    assert found != opinions(products, seed=2, shoppers=90)
    share = len({one.product_id for one in found}) / len(products)
    assert 0.45 < share < 0.55
    assert 3.4 < len(found) / len({one.product_id for one in found}) < 4.5
    assert 0.7 < sum(one.stars >= 4 for one in found) / len(found) < 0.8
    assert 0.06 < sum(one.stars <= 2 for one in found) / len(found) < 0.13
    assert 0.75 < sum(one.fit is not None for one in found) / len(found) < 0.85
    assert {"alpha", "EU"} <= FITTED
    buyers: dict[int, list[tuple[int, int]]] = {}
    for one in found:
        buyers.setdefault(one.product_id, []).append((one.shopper, one.days_ago))
    assert all(len({shopper for shopper, _ in of}) == len(of) for of in buyers.values())
    # Products 0 and 1 are of two kinds for the same wearer, so 1 is the companion of 0, and so on.
    shared = [
        len({*buyers[number], *buyers[number + 1]}) < len(buyers[number]) + len(buyers[number + 1])
        for number in range(0, 2_000, 2)
        if number in buyers and number + 1 in buyers
    ]
    assert sum(shared) / len(shared) > 0.9
