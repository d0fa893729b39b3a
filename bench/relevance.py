"""`make relevance`: how well search answers the judged queries; prints it, writes bench/relevance.md.

nDCG@10: how near the first ten come to the best ten there could be (Järvelin and Kekäläinen 2002; a
grade gains 2^grade - 1, a place p is worth 1/log2(p + 1)). recall@50: of the products of grade 2 or 3,
or of fifty of them where there are more, how many are among the first fifty. Where nothing of the kind
is sold, an empty answer scores 1 and any other 0.
"""

import asyncio
import json
import math
import os
import platform
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from bench import (
    judgements,
    judgements_fresh,
    judgements_habits,
    judgements_kinds,
    judgements_logs,
    judgements_people,
    judgements_shops,
    judgements_spoken,
    judgements_typed,
    judgements_words,
)
from bench.judgements import Judged
from bench.mixes import section
from lakepass.emulator import running_emulator
from storefront import migrations
from storefront.catalog import dataset
from storefront.catalog import service as catalog
from storefront.catalog.seasons import current_season
from storefront.db import Database
from storefront.search.criteria import Criteria
from storefront.search.engine import Search
from storefront.search.paging import Paging
from storefront.search.read_model import refresh as service
from storefront.search.read_model.store import ReadModel
from storefront.search.read_model.vocabulary_reader import VocabularyReader
from storefront.settings import Settings

KINDS = (
    *judgements.KINDS,
    *judgements_people.KINDS,
    *judgements_shops.KINDS,
    judgements_kinds.KIND,
)
_TO_TUNE_ON = (
    *judgements_habits.JUDGED,
    *judgements_fresh.JUDGED,
    *judgements_kinds.JUDGED,
)
ROOT = Path(__file__).resolve().parents[1]
CATALOG = ROOT.parent / "shared" / "catalog" / "styles.csv"
RESULTS = ROOT / "bench" / "relevance.md"
FOUND = 50
SHOWN = 10
_WEAK = 0.99


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one query was answered. recall is None where nothing in the catalogue is of grade 2 or 3."""

    judged: Judged
    ndcg: float
    recall: float | None
    is_empty: bool


async def fill(database: Database, styles_csv: Path) -> None:
    """The real catalogue, with its listings and its words."""
    await migrations.migrate(database)
    rows = dataset.read_products(styles_csv, dataset.learn_brands(styles_csv), {})
    await catalog.import_products(database, rows)
    await catalog.refresh_statistics(database)
    await service.refresh_all(database)


async def every_product(database: Database) -> list[Any]:
    """All products as the API answers them, their fields as attributes."""
    rows = await database.fetch("select card from shop.listings order by colourway_id")
    return [SimpleNamespace(**json.loads(row["card"])) for row in rows]


def grades_of(judged: Judged, products: Sequence[Any], names: dict[int, str]) -> dict[str, int]:
    """The grade of each product that has one, by its id: the best whose rule it meets."""
    found: dict[str, int] = {}
    for grade, rules in sorted(judged.grades.items()):
        for rule in rules:
            named = names.get(rule.named, "").casefold()
            for product in products:
                if rule.is_met(product, named):
                    found[product.product_id] = grade
    return found


def ndcg(found: Sequence[str], grades: dict[str, int]) -> float:
    """Between 0 and 1; 1 where the first ten are as good as could be."""
    best = sorted(grades.values(), reverse=True)[:SHOWN]
    return _gain(grades.get(one, 0) for one in found[:SHOWN]) / _gain(best)


def _gain(grades: Iterable[int]) -> float:
    return math.fsum(
        (2**grade - 1) / math.log2(place + 1) for place, grade in enumerate(grades, start=1)
    )


def recall(found: Sequence[str], grades: dict[str, int]) -> float | None:
    """The share of the good products that is found, of fifty at most."""
    good = {one for one, grade in grades.items() if grade >= 2}
    return len(good & set(found[:FOUND])) / min(len(good), FOUND) if good else None


def all_queries(names: dict[int, str]) -> list[Judged]:
    """Every judged query. names: of the catalogue's products by number."""
    added = (
        judgements_people,
        judgements_shops,
        judgements_typed,
        judgements_words,
        judgements_logs,
        judgements_spoken,
    )
    later = [one for module in added for one in module.JUDGED]
    of_kind = {kind: [one for one in later if one.kind == kind] for kind in KINDS}
    return [
        *judgements.all_queries(names),
        *(
            replace(judged, is_held_out=number % 2 == 1)
            for queries in of_kind.values()
            for number, judged in enumerate(queries)
        ),
        *_TO_TUNE_ON,
    ]


async def outcomes(database: Database) -> list[Outcome]:
    """Every judged query, asked."""
    products = await every_product(database)
    names = {int(product.product_id): product.product_display_name for product in products}
    model = ReadModel(database)
    vocabulary_reader = VocabularyReader(database, model)
    search = Search(model, vocabulary_reader)
    answered = []
    for judged in all_queries(names):
        grades = grades_of(judged, products, names)
        if judged.grades and not grades:
            sys.exit(f"Nothing in the catalogue is good for {judged.query!r}: judge it again.")
        answer = await search.answer(
            judged.query, Criteria(sort="relevance"), Paging(page_size=FOUND)
        )
        cards = [*answer.page.cards, *answer.close]  # as a page shows them
        found = [json.loads(card)["product_id"] for card in cards]
        score = ndcg(found, grades) if grades else float(not found)
        answered.append(Outcome(judged, score, recall(found, grades), is_empty=not found))
    vocabulary_reader.stop()
    return answered


def row(name: str, answered: Sequence[Outcome]) -> str:
    """A line of the table."""
    recalls = [one.recall for one in answered if one.recall is not None]
    recall_ = f"{_mean(recalls):.3f}" if recalls else "–"
    return (
        f"| {name} | {len(answered)} | {_mean([one.ndcg for one in answered]):.3f} | "
        f"{recall_} | {_mean([one.is_empty for one in answered]):.1%} |"
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def table(answered: Sequence[Outcome]) -> str:
    """Kinds, one a line, and all of them."""
    of_kind = {kind: [one for one in answered if one.judged.kind == kind] for kind in KINDS}
    rows = [row(kind, asked) for kind, asked in of_kind.items() if asked]
    head = (
        "| kind | queries | nDCG@10 | recall@50 | without result |\n| --- | --- | --- | --- | --- |"
    )
    return "\n".join([head, *rows, row("all", answered)])


def page(answered: Sequence[Outcome], products: int) -> str:
    """The results as a page."""
    tuned = [one for one in answered if not one.judged.is_held_out]
    held_out = [one for one in answered if one.judged.is_held_out]
    weak = [one for one in tuned if one.ndcg < _WEAK and one.judged.kind != "exact"]
    weakest = sorted(weak, key=lambda one: one.ndcg)[:10]
    return "\n".join(
        [
            "# How well search answers",
            "",
            f"{len(answered)} judged queries (`bench/judgements.py`) over the real catalogue of "
            f"{products:,} products;",
            f"Python {platform.python_version()}. Made by `make relevance`. Judgements are rules over "
            "attributes,",
            "written before tuning; a third (from negation on: half) was held out and never tuned on, "
            "and",
            f"{len(_TO_TUNE_ON)} were written to tune on. "
            "Products that only come close count where a page shows them.",
            f"The season was {current_season()}: what is for it comes first, so figures change with it.",
            "",
            "## Held out",
            "",
            table(held_out),
            "",
            "## Tuned on",
            "",
            table(tuned),
            "",
            "Weakest of these: "
            + ", ".join(f"“{one.judged.query}” {one.ndcg:.2f}" for one in weakest)
            + ".",
            "",
        ]
    )


async def measure(styles_csv: Path) -> str:
    """Fill, ask, and describe."""
    database = Database(Settings())
    await fill(database, styles_csv)
    answered = await outcomes(database)
    mixes = await section(ReadModel(database), await every_product(database))
    [(products,)] = await database.fetch("select count(*) from shop.listings")
    await database.aclose()
    return f"{page(answered, products)}\n{mixes}"


def main() -> None:
    """Measure, write, print. An argument is the folder of the catalogue."""
    styles_csv = Path(sys.argv[1]) / "styles.csv" if len(sys.argv) > 1 else CATALOG
    if not styles_csv.is_file():
        sys.exit(f"The judged queries are over the real catalogue, which is not at {styles_csv}.")
    with running_emulator() as emulator:
        os.environ.update(emulator.environment())
        written = asyncio.run(measure(styles_csv))
    RESULTS.write_text(written, encoding="utf-8")
    print(written)


if __name__ == "__main__":
    main()
