"""`make plans`: how Postgres executes each statement that the shop sends.

Writes packages/storefront/docs/plans.md. The statements are taken from the shop: each address below is
requested in this process with nothing cached, and a batch of products is refreshed as the background
work does it. Takes about a minute.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bench import sent
from bench.__main__ import filled_database
from bench.sent import Sent
from lakepass.emulator import running_emulator
from storefront.db import Database
from storefront.search.read_model import follower, index_snapshot, vocabulary_reader
from storefront.search.read_model import refresh as service
from storefront.settings import Settings

PAGE = Path(__file__).resolve().parents[1] / "packages/storefront/docs/plans.md"
PRODUCTS = 44_446

# {id} and {slug} are a product's.
PATHS = (
    "/",
    "/products?gender=Women&color_family=blue&max_price=77.31",
    "/p/{slug}",
    "/p/{slug}/more",
    "/api/v1/products?page=40&sort_by=price",
    "/api/v1/products?sort_by=name",
    "/api/v1/products?gender=Men&user_id=athletic",
    "/api/v1/products?q=printed+sleeves",
    "/api/v1/products/{id}",
    "/api/v1/products/{id}/similar",
    "/api/v1/products/{id}/complete-the-look",
    "/api/v1/products/filters/options",
    "/api/v1/products/new-arrivals",
    "/api/v1/products/trending",
    "/api/v1/products/seasonal?season=Summer",
    "/api/v1/search/suggest?q=pum",
    "/api/v1/search/recommendations/athletic",
)
_BATCH = 100


async def statements() -> AsyncIterator[tuple[str, list[Sent]]]:
    """By what asks for them, the statements that are sent."""
    database = Database(Settings())
    try:
        async with sent.shop() as shop:
            [(product_id, slug)] = await database.fetch(_A_PRODUCT)
            for path in PATHS:
                yield path, await shop.statements(path.format(id=product_id, slug=slug))
        yield "Listings refreshed: 100 products", await _worker(database)
    finally:
        await database.aclose()
    yield (
        "Each process, as the read model changes",
        [
            Sent(follower._STATE, (0, 0, 20_000)),
            Sent(index_snapshot._LOAD, (index_snapshot.layout(),)),
            Sent(follower._ENTRIES_AFTER, (-1, 5_000)),
            Sent(follower._ENTRIES_OF, (list(range(100)),)),
            Sent(follower._TEXTS_AFTER, (-1, 5_000)),
            Sent(follower._TEXTS_OF, (list(range(100)),)),
        ],
    )
    yield (
        "Each process, once a minute while it is used",
        [Sent(vocabulary_reader._OWN_SYNONYMS, ())],
    )


async def _worker(database: Database) -> list[Sent]:
    ids = [row[0] for row in await database.fetch(_SOME_PRODUCTS, _BATCH)]
    async with noted(database) as made, database.trial() as session:
        await service.refresh_products(session, ids)
    return made


@asynccontextmanager
async def noted(database: Database) -> AsyncIterator[list[Sent]]:
    """Meanwhile, what is sent through sessions of this database."""
    found: list[Sent] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        found.append(Sent(statement, tuple(values)))

    assert database._engine is not None
    engine = database._engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def plan_of(database: Database, one: Sent) -> list[str]:
    """Its nodes, indented as Postgres indents them."""
    rows = await database.fetch(
        f"explain (costs off) {one.statement}", *one.values, use_custom_plan=True
    )
    lines = [str(row[0]) for row in rows]
    return [line for number, line in enumerate(lines) if number == 0 or "->" in line]


async def page() -> str:
    """packages/storefront/docs/plans.md, whole."""
    parts = [HEAD]
    seen: dict[str, str] = {}
    database = Database(Settings())
    try:
        async for asker, made in statements():
            parts += [f"## {asker}" if asker[0] != "/" else f"## `{asker}`", ""]
            if not made:
                parts += ["No statement: the process's index answers.", ""]
            for one in made:
                if one.shape in seen:
                    parts += [f"As for {seen[one.shape]}:", "", "```sql", one.shape, "```", ""]
                    continue
                seen[one.shape] = f"`{asker}`"
                plan = await plan_of(database, one)
                parts += ["```sql", one.shape, "```", "", "```text", *plan, "```", ""]
    finally:
        await database.aclose()
    return "\n".join(parts).rstrip() + "\n"


HEAD = f"""\
# Query plans

How Postgres 18 executes the statements behind these addresses and the background work, with
{PRODUCTS:,} generated products: the nodes of `explain`, without their costs. Made by `make
plans`, which takes the statements from the shop itself. What a search asks depends on its words;
`/admin/searches` and the writes of the search log are not here. No plan reads a table from end to
end that grows with the catalogue; small ones may be (facet values, sizes, brands, categories).
"""

_A_PRODUCT = """
    select id, slug from shop.live_products where id = (
        select colourway_id from shop.listings order by popularity desc, colourway_id desc limit 1)
"""
_SOME_PRODUCTS = "select colourway_id from shop.listings order by colourway_id limit $1"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description="Write packages/storefront/docs/plans.md.")
    parser.add_argument(
        "--data", type=Path, help="keep the filled database here, for the next time"
    )
    given = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory() as pictures,
        running_emulator(data=given.data) as emulator,
    ):
        os.environ.update(emulator.environment() | {"STORE_PICTURES_DIR": pictures})
        filled_database(emulator, PRODUCTS, is_real=False)
        PAGE.write_text(asyncio.run(page()), encoding="utf-8")
    print(f"{PAGE} is written.", file=sys.stderr)


if __name__ == "__main__":
    main()
