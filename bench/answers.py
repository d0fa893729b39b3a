"""What is measured: addresses of the shop, and the SQL that each sends when nothing is kept."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Any
from urllib.parse import urlencode

from storefront.db import Database
from storefront.search.mirror import Mirror
from storefront.search.queries import CARDS
from storefront.search.statements import Wanted, conditions_of
from storefront.settings import Settings

API = "/api/v1/products"
FIVE = {"gender": ["Men"], "category": ["apparel"], "color_family": ["blue"], "size": ["M"]}
Ask = Callable[[str], Any]


@dataclass(frozen=True)
class Answer:
    """Something to ask for. wanted: whose SQL is measured beside it; skipped: rows passed over."""

    name: str
    paths: Callable[[Ask], list[str]]
    wanted: Wanted | None = None
    is_counted: bool = False
    is_deep: bool = False


def _fixed(*paths: str) -> Callable[[Ask], list[str]]:
    return lambda _ask: list(paths)


def _five(_ask: Ask) -> list[str]:
    choices = product(
        ("Men", "Women"), ("apparel", "footwear"), ("blue", "black", "red"), ("M", "42"), (60, 120)
    )
    return [
        f"{API}?gender={gender}&category={kind}&color_family={colour}&size={size}&max_price={price}"
        for gender, kind, colour, size, price in choices
    ]


def _five_new(_ask: Ask) -> list[str]:
    chance = random.Random(1)
    return [
        f"{path}&min_price={chance.uniform(0, 20):.2f}" for _ in range(200) for path in _five(_ask)
    ]


def _pages(ask: Ask, *, is_deep: bool) -> list[int]:
    """A thousand page numbers at the beginning or at the end: more than are kept."""
    last = -(-ask(API)["total"] // 24)
    return list(range(max(1, last - 1_000), last) if is_deep else range(1, min(last, 1_001)))


def _deep_numbers(ask: Ask) -> list[str]:
    return [f"{API}?page={page}" for page in _pages(ask, is_deep=True)]


def _cursors(ask: Ask, *, is_deep: bool) -> list[str]:
    pages = _pages(ask, is_deep=is_deep)
    found = (ask(f"{API}?page={page}")["next"] for page in islice(pages, 0, 700))
    return [path for path in found if path]


def _products(ask: Ask) -> list[str]:
    return [f"{API}/{one['product_id']}" for one in ask(f"{API}?page_size=100")["products"]]


def _suggest(_ask: Ask) -> list[str]:
    typed = ("pu", "puma", "adi", "nike sh", "blue sh", "black dr", "wat", "sun", "kurt", "jea")
    return [f"/api/v1/search/suggest?{urlencode({'q': text})}" for text in typed]


def _typos(_ask: Ask) -> list[str]:
    typed = ("adiddas shose", "blak dress", "wacth", "sungalsses", "levis jeens", "whte shirt")
    return [f"{API}?{urlencode({'q': text})}" for text in typed]


ANSWERS = (
    Answer("nothing (`/health`)", _fixed("/health")),
    Answer("listing", _fixed(API), Wanted()),
    Answer("five filters, with facets", _five, Wanted(FIVE, max_price=120_00), is_counted=True),
    Answer("five filters, each new", _five_new, Wanted(FIVE, max_price=120_00), is_counted=True),
    Answer("first pages by cursor", lambda ask: _cursors(ask, is_deep=False), Wanted()),
    Answer("deepest pages by cursor", lambda ask: _cursors(ask, is_deep=True), Wanted()),
    Answer("deepest pages by number", _deep_numbers, Wanted(), is_deep=True),
    Answer("product", _products),
    Answer("suggestions", _suggest),
    Answer("search with a typo", _typos),
    Answer("listing page (HTML)", _fixed("/products")),
)


def paths_of(answer: Answer, ask: Ask) -> list[str]:
    """The addresses to ask for in turn."""
    return answer.paths(ask)


async def statements(answer: Answer) -> list[str]:
    """The SQL of an answer with its values in place, for a program that takes no parameters."""
    assert answer.wanted is not None
    database = Database(Settings())
    mirror = Mirror(database)
    try:
        await mirror.look()
    finally:
        mirror.end()
        await database.aclose()
    conditions = conditions_of(answer.wanted, mirror.dictionary)
    found = mirror.index.narrowed(conditions, {}, mirror.dictionary).product_ids
    after = mirror.index.place_at(len(found) - 48, found, "featured", is_descending=True)
    ids = mirror.index.page(
        found,
        answer.wanted.sort,
        is_descending=True,
        after=after if answer.is_deep else None,
        most=24,
    )
    return [inlined(CARDS, [ids])]


def inlined(statement: str, values: Sequence[Any]) -> str:
    """The statement with each $n replaced by its value: numbers and lists of numbers only."""
    for number in range(len(values), 0, -1):
        value = values[number - 1]
        shown = f"'{{{','.join(map(str, value))}}}'" if isinstance(value, list) else repr(value)
        statement = statement.replace(f"${number}::", f"{shown}::")
    return statement
