"""Whatever the importer takes can be listed, shown, searched, exported and imported again unchanged."""

import csv
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from packages.storefront.tests.catalog.own_files import for_empty_shop
from storefront.catalog import own_format, queries, service
from storefront.catalog.source import SourceProduct
from storefront.db import Database
from storefront.search.criteria import Criteria
from storefront.search.read_model import refresh
from storefront.search.read_model.store import ReadModel

Fresh = Callable[[], Database]

ODD = st.sampled_from(
    ["=1+1", "'=x", "-5", "@a", "Ø", "ß", "½", "8½", "A+", "a\u200bb", " x  y ", "e\u0301", "日本",
     "🙂", "\ufdfa" * 100, "O’Neill", '5" nail', "a\r\nb\n\n\n\nc", "x" * 300, "NA",
     "%", "\\", "<b>", "', --"]
)  # fmt: skip
TEXT = ODD | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
ROW = st.fixed_dictionaries(
    {
        "name": TEXT,
        "gender": st.sampled_from(["Men", "Women", "Unisex", "Boys", "Girls"]),
        "master_category": st.just("Apparel") | TEXT,
        "sub_category": st.just("Topwear") | TEXT,
        "article_type": st.just("Shirts") | TEXT,
        "currency": st.just("USD"),
        "price": st.decimals("0.01", "100000000", places=2).map(str) | st.just("1e5"),
        "size_system": st.just("alpha") | TEXT,
        "size": st.sampled_from(["M", "38", "38+"]) | TEXT,
        "brand": TEXT,
        "colour": TEXT,
        "usage": TEXT,
        "description": TEXT,
        "published_at": st.datetimes().map(lambda moment: moment.isoformat()),
        "stock": st.integers(0, 10**9).map(str),
    }
)


async def test_any_row_that_is_taken_can_be_used_and_comes_back(
    fresh_database: Fresh, tmp_path: Path
) -> None:
    database = fresh_database()
    files: list[list[dict[str, str]]] = []

    @settings(
        max_examples=12,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(ROW, min_size=8, max_size=16))
    def draw(rows: list[dict[str, str]]) -> None:
        files.append(rows)

    draw()
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    names: dict[int, str] = {}
    for start, rows in enumerate(files):
        with first.open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, ["product_id", *rows[0]])
            writer.writeheader()
            writer.writerows(
                {"product_id": str(1_000 * start + n), **one} for n, one in enumerate(rows, 1)
            )
        found = map(for_empty_shop, own_format.read_products(first, {}, currency="USD"))
        products = [one for one in found if isinstance(one, SourceProduct)]
        report = await service.import_products(database, products)
        assert (report.added, report.rejected) == (len(products), [])
        names |= {one.id: one.name for one in products}
    assert len(names) > 10

    await refresh.refresh_all(database)
    model = ReadModel(database)
    assert (await model.facets(Criteria())).total == len(names)
    for product_id, name in names.items():
        assert (await queries.product_page(database, product_id)).card.name == name
    model.stop()
    await service.export_products(database, first)
    again = await service.import_products(
        database, own_format.read_products(first, {}, currency="USD")
    )
    assert (again.added, again.changed, again.rejected) == (0, 0, [])
    assert again.unchanged == len(names)
    await service.export_products(database, second)
    assert second.read_text() == first.read_text()
    await database.aclose()
