"""What is measured: addresses of the shop."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from string import ascii_lowercase
from typing import Any
from urllib.parse import urlencode

API = "/api/v1/products"
KEPT = 1_000  # responses that a server caches: after so many others, one is no longer cached
Ask = Callable[[str], Any]


@dataclass(frozen=True)
class Answer:
    """Something to ask for, each path in turn; of what is each new there are more than are kept."""

    name: str
    paths: Callable[[Ask], Sequence[str]]


def _fixed(*paths: str) -> Callable[[Ask], Sequence[str]]:
    return lambda _ask: paths


def _each_new(path: str) -> Callable[[Ask], Sequence[str]]:
    """The path with prices that narrow it little, each another."""
    mark = "&" if "?" in path else "?"
    return lambda _ask: [f"{path}{mark}min_price={n / 100:.2f}" for n in range(1, 4 * KEPT)]


def _five(_ask: Ask) -> list[str]:
    choices = product(
        ("Men", "Women"), ("apparel", "footwear"), ("blue", "black", "red"), ("M", "42"), (60, 120)
    )
    return [
        f"{API}?gender={gender}&category={kind}&color_family={colour}&size={size}&max_price={price}"
        for gender, kind, colour, size, price in choices
    ]


def _five_new(ask: Ask) -> list[str]:
    chance = random.Random(1)
    return [
        f"{path}&min_price={chance.uniform(0, 20):.2f}" for _ in range(100) for path in _five(ask)
    ]


_PAGE_SIZE = 12


def _pages(ask: Ask, *, is_deep: bool) -> list[str]:
    """More pages than are kept, at the beginning or at the end of everything."""
    last = -(-ask(API)["total"] // _PAGE_SIZE)
    most = min(3 * KEPT // 2, last // 2)
    pages = range(last - most, last) if is_deep else range(1, most)
    return [f"{API}?page_size={_PAGE_SIZE}&page={page}" for page in pages]


def _deep_numbers(ask: Ask) -> list[str]:
    return _pages(ask, is_deep=True)


def _first_cursors(ask: Ask) -> list[str]:
    return [ask(path)["next"] for path in _pages(ask, is_deep=False)]


def _deep_cursors(ask: Ask) -> list[str]:
    following = (ask(path)["next"] for path in _pages(ask, is_deep=True))
    return [path for path in following if path]


def _products(ask: Ask) -> list[str]:
    return [f"{API}/{one['product_id']}" for one in ask(f"{API}?page_size=100")["products"]]


def _suggest(_ask: Ask) -> list[str]:
    typed = ("pu", "puma", "adi", "nike sh", "blue sh", "black dr", "wat", "sun", "kurt", "jea")
    return [f"/api/v1/search/suggest?{urlencode({'q': text})}" for text in typed]


def _suggest_new(ask: Ask) -> list[str]:
    """A word that some name says, and the next one begun."""
    pages = -(-ask(API)["total"] // 100)
    words = {
        word.lower()
        for page in range(1, pages, max(1, pages // 40))
        for one in ask(f"{API}?sort_by=name&page_size=100&page={page}")["products"]
        for word in one["product_display_name"].split()
        if word.isalpha()
    }
    typed = [f"{word} {begun}" for word in sorted(words)[:KEPT] for begun in ascii_lowercase]
    random.Random(1).shuffle(typed)
    return [f"/api/v1/search/suggest?{urlencode({'q': text})}" for text in typed[: 4 * KEPT]]


def _typos(_ask: Ask) -> list[str]:
    typed = ("adiddas shose", "blak dress", "wacth", "sungalsses", "levis jeens", "whte shirt")
    return [f"{API}?{urlencode({'q': text})}" for text in typed]


def _words_new(_ask: Ask) -> list[str]:
    """Searches that none asked before: a word that is no filter, and a price."""
    words = ("printed shirt", "leather shoes", "cotton kurta", "striped polo", "casual blak dress")
    return [
        f"{API}?{urlencode({'q': f'{said} over {n / 100:.2f}'})}"
        for n in range(1, 4 * KEPT // len(words))
        for said in words
    ]


ANSWERS = (
    Answer("nothing (`/health`)", _fixed("/health")),
    Answer("listing", _fixed(API)),
    Answer("listing, each new", _each_new(API)),
    Answer("five filters", _five),
    Answer("five filters, each new", _five_new),
    Answer("first pages by cursor, each new", _first_cursors),
    Answer("deepest pages by cursor, each new", _deep_cursors),
    Answer("deepest pages by number, each new", _deep_numbers),
    Answer("product", _products),
    Answer("suggestions", _suggest),
    Answer("suggestions, each new", _suggest_new),
    Answer("search with a typo", _typos),
    Answer("search by words, each new", _words_new),
    Answer("listing page (HTML)", _fixed("/products")),
)
