"""Search over one database, and whether each word of its names finds its product."""

import random
import re

from storefront.db import Database
from storefront.search.completions import Completer
from storefront.search.criteria import Criteria
from storefront.search.engine import Search
from storefront.search.labels import label_of
from storefront.search.language.tokenizer import terms
from storefront.search.read_model.store import ReadModel
from storefront.search.read_model.vocabulary_reader import VocabularyReader

SIGNED = re.compile(r"[^\W_]+(?:[-/._+'’][^\W_]+)+")


class Found:
    """What a query finds: product numbers in order, and what was given up."""

    def __init__(self, numbers: list[int], names: list[str], given_up: list[str]) -> None:
        self.numbers, self.names, self.given_up = numbers, names, given_up


class Shop:
    """Search over one database."""

    def __init__(self, database: Database) -> None:
        model = ReadModel(database)
        vocabulary_reader = VocabularyReader(database, model)
        self.search = Search(model, vocabulary_reader)
        self.completer = Completer(model, vocabulary_reader)
        self.database = database

    async def find(self, query: str) -> Found:
        answer = await self.search.answer(query, Criteria(sort="relevance"))
        assert answer.interpretation is not None
        products = answer.page.products
        return Found(
            [int(product["product_id"]) for product in products],
            [product["product_display_name"] for product in products],
            [label_of(one) for one in answer.interpretation.given_up],
        )


async def each_finds_its_product(shop: Shop, count: int) -> None:
    """So many words with signs, drawn from the names of a catalogue."""
    names = [row[0] for row in await shop.database.fetch("select title from shop.listing_texts")]
    words = sorted({word for name in names for word in SIGNED.findall(name)})
    drawn = random.Random(19).sample(words, min(count, len(words)))
    assert drawn
    failed = []
    for word in drawn:
        found = await shop.find(word)
        if found.given_up or not any(terms(word) <= terms(name) for name in found.names[:3]):
            failed.append((word, found.given_up, found.names[:3]))
    assert failed == []
