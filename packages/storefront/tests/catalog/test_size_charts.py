"""Size charts: their CSV form, the shop's own, which product gets which, and what is shown of it."""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from importlib import resources
from pathlib import Path

import httpx
import pytest

from storefront.catalog import queries, rules, service, size_charts
from storefront.catalog.genders import GENDERS
from storefront.catalog.rows import Rejected
from storefront.catalog.size_charts import ChartSize, SourceChart
from storefront.catalog.source import SourceProduct, SourceSize
from storefront.db import Database

OURS = Path(str(resources.files("storefront.catalog") / "size_charts.csv"))
SLIM = {
    "chart": "men-slim", "name": "Slim shirts", "note": "Ours.", "size_system": "alpha",
    "size": "M", "size_sort": "2", "chest_mm": "920-980", "waist_mm": "800",
}  # fmt: skip
SHIRT = SourceProduct(7, "A shirt", "Men", "Apparel", "Topwear", "Shirts")
SHOES = replace(SHIRT, id=8, master_category="Footwear", sub_category="Shoes", article_type="Flats")


@pytest.fixture
async def database(fresh_database: Callable[[], Database]) -> AsyncIterator[Database]:
    database = fresh_database()
    yield database
    await database.aclose()


def written(tmp_path: Path, *rows: dict[str, str]) -> Path:
    file = tmp_path / "charts.csv"
    names = list(size_charts.COLUMNS)
    lines = [",".join(names), *(",".join(row.get(name, "") for name in names) for row in rows)]
    file.write_text("\n".join(lines))
    return file


def read(file: Path) -> list[SourceChart]:
    charts = list(size_charts.read_charts(file))
    assert not [chart for chart in charts if isinstance(chart, Rejected)]
    return [chart for chart in charts if isinstance(chart, SourceChart)]


async def chart_of(database: Database, product_id: int) -> str | None:
    chart = (await queries.product_page(database, product_id)).size_chart
    return chart.key if chart else None


def test_rows_of_a_chart_become_one_chart_with_its_sizes(tmp_path: Path) -> None:
    large = {"chart": "men-slim", "size_system": "alpha", "size": "L", "chest_mm": "980-1040"}
    [chart] = read(written(tmp_path, SLIM, large))
    assert chart == SourceChart(
        key="men-slim",
        name="Slim shirts",
        note="Ours.",
        sizes=(
            ChartSize("alpha", "M", 2, {"chest": (920, 980), "waist": (800, 800)}),
            ChartSize("alpha", "L", None, {"chest": (980, 1040)}),
        ),
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"chart": "Men Slim"},
            "chart 'Men Slim' may only have lower-case letters, digits and hyphens",
        ),
        ({"name": ""}, "name is empty"),
        ({"chest_mm": "92 cm"}, "chest_mm '92 cm' is not a range of whole mm such as 740-820"),
        ({"chest_mm": "980-920"}, "chest_mm 980-920 is not in order, or not between 1 and 3000"),
        ({"chest_mm": "0-5"}, "chest_mm 0-5 is not in order, or not between 1 and 3000"),
        (
            {"chest_mm": "", "waist_mm": ""},
            "it has no measure; leave out a size without known measures",
        ),
        ({"size": ""}, "size is empty"),
    ],
)
def test_a_bad_row_rejects_its_chart_with_line_and_reason(
    tmp_path: Path, changes: dict[str, str], reason: str
) -> None:
    good = SLIM | {"chart": "women-slim"}
    chart, rejected = size_charts.read_charts(written(tmp_path, good, SLIM | changes))
    assert isinstance(chart, SourceChart)
    assert rejected == Rejected(3, reason)


def test_rows_that_contradict_or_repeat_each_other_are_rejected(tmp_path: Path) -> None:
    other = SLIM | {"chart": "other"}
    named, again, late = (
        list(size_charts.read_charts(written(tmp_path, *rows)))[-1]
        for rows in ((SLIM, SLIM | {"size": "L", "name": "X"}), (SLIM, SLIM), (SLIM, other, SLIM))
    )
    [alike] = size_charts.read_charts(written(tmp_path, SLIM, SLIM | {"size": "m"}))
    assert alike == Rejected(3, "size 'm' of the chart is a duplicate: it is the same as alpha 'M'")
    assert named == Rejected(3, "name is 'X' here and 'Slim shirts' in the chart's first row")
    assert again == Rejected(3, "size 'M' of the chart is a duplicate")
    assert late == Rejected(
        4, "chart men-slim occurred earlier: rows of a chart must be consecutive"
    )


def test_the_shops_own_charts_know_every_size_that_the_rule_gives() -> None:
    charts = {chart.key: chart for chart in read(OURS)}
    kinds = [
        ("Apparel", "Shirts"), ("Apparel", "Jeans"), ("Apparel", "Bra"),
        ("Footwear", "Heels"), ("Accessories", "Ring"),
    ]  # fmt: skip
    for gender in GENDERS:
        for master, kind in kinds:
            thing = replace(SHIRT, gender=gender, master_category=master, article_type=kind)
            sizes = rules.sizes_of(thing)
            wearer = gender.lower() if rules.age_group_of(thing) == "adult" else "kids"
            system = sizes[0].system.lower()
            chart = charts.get(f"{wearer}-{system}") or charts[system]
            told = {(size.system, size.label, size.sort) for size in chart.sizes}
            assert told >= {(size.system, size.label, size.sort) for size in sizes}, chart.key


def test_bigger_sizes_are_for_bigger_bodies() -> None:
    for chart in read(OURS):
        for smaller, bigger in zip(chart.sizes, chart.sizes[1:], strict=False):
            assert smaller.measures.keys() == bigger.measures.keys(), chart.key
            assert (smaller.sort or 0) < (bigger.sort or 0)
            for measure, (low, high) in smaller.measures.items():
                is_cup = chart.key == "bra"  # the next band begins with the smallest cup again
                assert is_cup or (low, high) < bigger.measures[measure], (chart.key, bigger.label)


async def test_a_product_gets_the_chart_of_its_wearer_and_system_or_the_one_it_names(
    database: Database,
) -> None:
    products = [
        (SHIRT, "men-alpha"),
        (SHOES, "men-eu"),
        (replace(SHOES, id=9, gender="Girls"), "kids-eu"),
        (replace(SHOES, id=10, gender="Unisex", age_group="kids"), "kids-eu"),
        (replace(SHIRT, id=11, gender="Girls"), "kids-age"),
        (replace(SHIRT, id=12, article_type="Bra", gender="Women"), "bra"),
        (replace(SHIRT, id=13, article_type="Sarees", gender="Women"), None),
        (replace(SHIRT, id=14, size_chart="unisex-alpha"), "unisex-alpha"),
        (replace(SHIRT, id=15, sizes=(SourceSize("collar", "39", 0),)), None),
    ]
    await service.import_products(database, [product for product, _ in products])
    for product, key in products:
        assert await chart_of(database, product.id) == key
    again = await service.import_products(database, [product for product, _ in products])
    assert (again.added, again.changed, again.unchanged) == (0, 0, len(products))
    report = await service.import_products(database, [replace(SHIRT, size_chart="unisex-alpha")])
    assert (report.added, report.changed) == (0, 1)
    assert await chart_of(database, SHIRT.id) == "unisex-alpha"


async def test_a_product_whose_chart_is_not_there_is_rejected_alone(database: Database) -> None:
    shoes = replace(SHOES, size_chart="nowhere", line=3)
    report = await service.import_products(database, [SHIRT, shoes])
    reason = "there is no size chart nowhere; import the charts before the products"
    assert report.rejected == [Rejected(3, reason)]
    assert report.added == 1


async def test_the_shops_own_charts_are_there_and_come_out_as_they_went_in(
    database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "out.csv"
    await size_charts.export_charts(database, file)
    assert sorted(read(file), key=lambda chart: chart.key) == sorted(
        read(OURS), key=lambda chart: chart.key
    )
    for same in (OURS, file):
        report = await size_charts.import_charts(database, size_charts.read_charts(same))
        assert (report.added, report.changed, report.unchanged) == (0, 0, len(read(OURS)))


async def test_a_merchants_chart_arrives_replaces_and_finds_its_styles(
    database: Database, tmp_path: Path
) -> None:
    collar = replace(SHIRT, sizes=(SourceSize("collar", "39", 0),))
    await service.import_products(database, [collar])
    new = SLIM | {"chart": "men-collar", "size_system": "collar", "size": "39"}
    bigger = new | {"size": "40", "size_sort": "3"}

    async def brought(*rows: dict[str, str], is_trial: bool = False) -> tuple[int, int, int]:
        charts = size_charts.read_charts(written(tmp_path, *rows))
        report = await size_charts.import_charts(database, charts, is_trial=is_trial)
        return report.added, report.changed, report.unchanged

    assert await brought(new, bigger, is_trial=True) == (1, 0, 0)
    assert await chart_of(database, SHIRT.id) is None
    assert await brought(new, bigger) == (1, 0, 0)
    chart = (await queries.product_page(database, SHIRT.id)).size_chart
    assert chart is not None
    assert list(chart.sizes) == [("collar", "39"), ("collar", "40")]
    assert await brought(new) == (0, 1, 0)  # a size is gone
    assert await brought(new | {"waist_mm": ""}) == (0, 1, 0)  # a measure is gone
    assert await brought(new | {"chest_mm": "930-990", "waist_mm": ""}) == (0, 1, 0)
    chart = (await queries.product_page(database, SHIRT.id)).size_chart
    assert chart is not None
    assert chart.sizes == {("collar", "39"): {"chest": (930, 990)}}


async def test_the_api_tells_the_chart_of_a_product(client: httpx.AsyncClient) -> None:
    shirt, cap = await one_of(client, "Tshirts", "Men"), await one_of(client, "Caps")
    chart = shirt["size_chart"]
    assert (chart["key"], chart["name"]) == ("men-alpha", "Men's clothing")
    assert [size["label"] for size in chart["sizes"]] == ["XS", "S", "M", "L", "XL", "XXL"]
    assert chart["sizes"][2]["measures"] == {
        "chest": {"low_mm": 940, "high_mm": 1020},
        "waist": {"low_mm": 820, "high_mm": 900},
    }
    assert (shirt["age_group"], cap["size_chart"]) == ("adult", None)


async def test_the_page_has_a_size_guide_beside_the_sizes(client: httpx.AsyncClient) -> None:
    shirt, cap = await one_of(client, "Tshirts", "Men"), await one_of(client, "Caps")
    html = (await client.get(shirt["url"])).text
    guide = html[html.index('<details class="fold size-guide">') :].split("</details>")[0]
    assert html.index('class="sizes"') < html.index(guide) < html.index('class="facts"')
    assert re.findall(r'scope="col">([^<]+)', guide) == ["Size", "chest", "waist"]
    medium = guide[guide.index('scope="row">M<') :]
    assert re.findall(r"<td>([^<]+)", medium)[:2] == ["94–102", "82–90"]
    assert "<caption>Men&#39;s clothing, in cm</caption>" in guide
    assert "size-guide" not in (await client.get(cap["url"])).text


async def one_of(client: httpx.AsyncClient, kind: str, gender: str | None = None) -> dict:  # type: ignore[type-arg]
    """A product of that kind with all that the API tells of it."""
    wanted = {"article_type": kind} | ({"gender": gender} if gender else {})
    listed = (await client.get("/api/v1/products", params=wanted)).json()["products"]
    answer = await client.get(f"/api/v1/products/{listed[0]['product_id']}")
    detail: dict = answer.json()  # type: ignore[type-arg]
    return detail


async def test_a_chart_and_the_shop_spell_a_size_alike(database: Database) -> None:
    """A chart's spelling wins over that of products, but not over that of other charts."""
    cups = replace(SHIRT, sizes=(SourceSize("cup", "70b"), SourceSize("alpha", "m")))
    await service.import_products(database, [cups])
    sizes = tuple(
        ChartSize(system, label, None, {"chest": (920, 980)})
        for system, label in (("Cup", "70B"), ("ALPHA", "m"))
    )
    report = await size_charts.import_charts(database, [SourceChart("mine", "Mine", None, sizes)])
    assert (report.added, report.rejected) == (1, [])
    page = await queries.product_page(database, SHIRT.id)
    assert {(size.system, size.label) for size in page.sizes} == {("Cup", "70B"), ("alpha", "M")}
    again = await service.import_products(database, [cups])
    assert (again.unchanged, again.rejected) == (1, [])
