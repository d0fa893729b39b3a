"""Reads of the catalogue, in the shapes that pages and the API need."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, text

from storefront.catalog.drawings import is_stand_in
from storefront.catalog.models import MEASURES, Import
from storefront.db import Database, ReadSession
from storefront.errors import Gone, NotFound
from storefront.money import Money
from storefront.texts import _


@dataclass(frozen=True, slots=True)
class ProductCard:
    """A colourway as a tile shows it. category_path: slugs from the root; picture: key or None.

    lowest_price: of the thirty days before the present price; None if that is not below the list price,
    or no earlier one is known.
    picture_width, picture_height: of the picture's original, in px, if known. second_picture: the key
    of another view, which a tile shows under the pointer.
    """

    id: int
    style_id: int
    slug: str
    name: str
    brand: str | None
    gender: str
    master_category: str
    sub_category: str
    article_type: str
    category_path: str
    colour_name: str | None
    colour_family: str | None
    colour_hex: str | None
    season: str | None
    year: int | None
    usage: str | None
    price: Money
    list_price: Money
    lowest_price: Money | None
    rating: Decimal | None
    rating_count: int
    picture: str | None
    imported_at: datetime
    is_sold_out: bool
    picture_width: int | None = None
    picture_height: int | None = None
    second_picture: str | None = None

    @property
    def is_reduced(self) -> bool:
        """Whether it costs less than before: docs/decisions/0072."""
        before = self.list_price if self.lowest_price is None else self.lowest_price
        return self.price < before

    @property
    def badges(self) -> list[str]:
        """The badges on a tile: ``reduced``, ``sold-out``."""
        return ["reduced"] * self.is_reduced + ["sold-out"] * self.is_sold_out


@dataclass(frozen=True, slots=True)
class SizeOffer:
    """A size of a product: its SKU and the sellable pieces."""

    sku: str
    system: str
    label: str
    left: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a product: key in the picture store, its description, its size in px if known."""

    key: str
    alt: str
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class SizeChart:
    """Body measurements by size. note: the source of its numbers, and how to measure.

    sizes: system, label, and from and to in mm by measure, smallest size first.
    """

    key: str
    name: str
    note: str | None
    sizes: Mapping[tuple[str, str], Mapping[str, tuple[int, int]]]

    @property
    def measures(self) -> list[str]:
        """The measures that any size has, from head to foot."""
        found = {measure for size in self.sizes.values() for measure in size}
        return [measure for measure in MEASURES if measure in found]


@dataclass(frozen=True, slots=True)
class ProductPage:
    """Everything a product page shows. colours: every live colour of the design, this one included."""

    card: ProductCard
    description: str | None
    material: str | None
    fit: str | None
    care: str | None
    age_group: str
    size_chart: SizeChart | None
    pictures: Sequence[Picture]
    sizes: Sequence[SizeOffer]
    colours: Sequence[ProductCard]


# Through views (migration 0003): products, and their sizes.
# The product and every colour of its design, in one statement and so in one snapshot: a price that
# changes in between shows everywhere or nowhere. Sizes and the like are null for the other colours.
_PRODUCT = """
    select
        id, style_id, slug, name, brand, gender, master_category, sub_category, article_type,
        category_path, colour_name, colour_family, colour_hex, season, year, usage, currency,
        price_minor, list_price_minor, lowest_price_minor, rating_avg, rating_count, picture,
        imported_at, is_sold_out, description, material, fit, care, age_group,
        (select width from shop.media where colourway_id = live_products.id and position = 0)
            as picture_width,
        (select height from shop.media where colourway_id = live_products.id and position = 0)
            as picture_height,
        (select key from shop.media where colourway_id = live_products.id and position = 1)
            as second_picture,
        case when id = $1 then (
            select json_agg(json_build_array(key, alt, width, height) order by position)
            from shop.media where colourway_id = live_products.id
        ) end as pictures,
        case when id = $1 then (
            select json_agg(json_build_array(code, system, label, pieces) order by system, sort)
            from shop.offered_sizes where colourway_id = live_products.id
        ) end as sizes,
        case when id = $1 then (
            select json_build_array(key, size_charts.name, note, (
                select json_agg(
                    json_build_array(system, label, measure, low_mm, high_mm) order by sort, label)
                from shop.size_chart_rows join shop.sizes on sizes.id = size_id
                where size_chart_id = size_charts.id))
            from shop.size_charts where size_charts.id = live_products.size_chart_id
        ) end as size_chart
    from shop.live_products
    where style_id = (select style_id from shop.colourways where id = $1)
    order by colour_name, id
"""
_EXISTS = "select from shop.colourways where id = $1"


async def product_page(database: Database, product_id: int) -> ProductPage:
    """A live product with its sizes, pictures and other colours. One statement.

    Raises NotFound (404), or after a second statement Gone (410) for a product that was once sold.
    """
    colours = await database.fetch(_PRODUCT, product_id, may_lag=True)
    row = next((colour for colour in colours if colour["id"] == product_id), None)
    if row is None:
        if await database.fetch(_EXISTS, product_id, may_lag=True):
            raise Gone(_("This piece is no longer sold."))
        raise NotFound(_("There is no product %(number)s.", number=product_id))
    return ProductPage(
        card=_card(row),
        description=row["description"],
        material=row["material"],
        fit=row["fit"],
        care=row["care"],
        age_group=row["age_group"],
        size_chart=_chart(row["size_chart"]),
        pictures=[Picture(*picture) for picture in json.loads(row["pictures"] or "[]")],
        sizes=[SizeOffer(*size) for size in json.loads(row["sizes"] or "[]")],
        colours=[_card(colour) for colour in colours],
    )


async def was_imported(session: ReadSession, fingerprint: str) -> bool:
    """Whether a source was imported completely. One statement."""
    return await session.get(Import, fingerprint) is not None


async def size_charts(session: ReadSession) -> list[SizeChart]:
    """Every size chart with measurements, by name. One statement."""
    charts = (_chart(row.chart) for row in await session.execute(_SIZE_CHARTS))
    return [chart for chart in charts if chart is not None and chart.sizes]


async def is_live(session: ReadSession, product_id: int) -> bool:
    """Whether a product is sold. One statement."""
    return bool(await session.scalar(_IS_LIVE, {"product_id": product_id}))


async def known_products(session: ReadSession, product_ids: Sequence[int]) -> set[int]:
    """The given products that exist, sold or not. One statement."""
    return set(await session.scalars(_KNOWN_PRODUCTS, {"product_ids": list(product_ids)}))


async def category_paths(session: ReadSession) -> list[str]:
    """Every category, by its path. One statement."""
    return list(await session.scalars(_CATEGORY_PATHS))


async def brand_names(session: ReadSession) -> list[str]:
    """Every brand, as the shop spells it. One statement."""
    return list(await session.scalars(_BRAND_NAMES))


async def live_products(session: ReadSession, product_ids: Sequence[int]) -> set[int]:
    """The given products that are sold. One statement."""
    return set(await session.scalars(_LIVE_PRODUCTS, {"product_ids": list(product_ids)}))


async def cards_of(session: ReadSession, product_ids: Sequence[int]) -> dict[int, ProductCard]:
    """Live products by number, with what they cost by the clock; the others are left out. One statement,
    or none."""
    if not product_ids:
        return {}
    rows = await session.execute(_CARDS, {"product_ids": list(product_ids)})
    return {row.id: _card(dict(row._mapping)) for row in rows}


_IS_SHOWN = "select from shop.media where key = $1 limit 1"


async def is_shown(database: Database, key: str) -> bool:
    """Whether a page shows the picture with this key: a product's own, or the drawing that replaces
    the photograph of a kind. One statement, or none. Raises Unavailable (503)."""
    if is_stand_in(key):
        return True
    return bool(await database.fetch(_IS_SHOWN, key, may_lag=True))


async def readable(database: Database) -> None:
    """Read from every table that a product page needs; raises the database's error if one is unreadable.

    One statement.
    """
    await database.fetch(_PRODUCT, 0)


def _chart(encoded: str | None) -> SizeChart | None:
    """Parse the JSON that _PRODUCT returns."""
    if encoded is None:
        return None
    key, name, note, rows = json.loads(encoded)
    sizes: dict[tuple[str, str], dict[str, tuple[int, int]]] = {}
    for system, label, measure, low, high in rows:
        sizes.setdefault((system, label), {})[measure] = (low, high)
    return SizeChart(key, name, note, sizes)


def _card(row: Mapping[str, Any]) -> ProductCard:
    lowest = row["lowest_price_minor"]
    return ProductCard(
        id=row["id"],
        style_id=row["style_id"],
        slug=row["slug"],
        name=row["name"],
        brand=row["brand"],
        gender=row["gender"],
        master_category=row["master_category"],
        sub_category=row["sub_category"],
        article_type=row["article_type"],
        category_path=row["category_path"],
        colour_name=row["colour_name"],
        colour_family=row["colour_family"],
        colour_hex=row["colour_hex"],
        season=row["season"],
        year=row["year"],
        usage=row["usage"],
        price=Money(row["price_minor"], row["currency"]),
        list_price=Money(row["list_price_minor"], row["currency"]),
        lowest_price=None if lowest is None else Money(lowest, row["currency"]),
        rating=row["rating_avg"],
        rating_count=row["rating_count"],
        picture=row["picture"],
        imported_at=row["imported_at"],
        is_sold_out=row["is_sold_out"],
        picture_width=row.get("picture_width"),
        picture_height=row.get("picture_height"),
        second_picture=row.get("second_picture"),
    )


@dataclass(frozen=True, slots=True)
class SkuOffer:
    """A size of a live product for sale: number, label, price and the data for taxes.

    is_offered: whether it is still sold; if its product is hidden, there is no SkuOffer.
    """

    sku_id: int
    code: str
    card: ProductCard
    tax_class: str
    size_system: str
    size_label: str
    is_offered: bool


async def sku_offers(session: ReadSession, sku_ids: Sequence[int]) -> dict[int, SkuOffer]:
    """SKUs of live products, by id; those of hidden products are left out. One statement."""
    rows = await session.execute(_SKUS, {"sku_ids": list(sku_ids), "code": None})
    return {row.sku_id: _sku_offer(row) for row in rows}


async def sku_of(session: ReadSession, code: str) -> SkuOffer:
    """The SKU with a code such as ``15970-ALPHA-M``. One statement. Raises NotFound (404)."""
    row = (await session.execute(_SKUS, {"sku_ids": None, "code": code})).one_or_none()
    if row is None:
        raise NotFound(f"There is no SKU {code}.")
    return _sku_offer(row)


async def sizes_of(session: ReadSession, product_ids: Sequence[int]) -> dict[int, list[SizeOffer]]:
    """The sizes of each product, by its id, in order. One statement, or none."""
    sizes: dict[int, list[SizeOffer]] = {}
    if product_ids:
        for row in await session.execute(_SIZES_OF, {"product_ids": list(product_ids)}):
            offer = SizeOffer(row.code, row.system, row.label, row.pieces)
            sizes.setdefault(row.colourway_id, []).append(offer)
    return sizes


def _sku_offer(row: Row[Any]) -> SkuOffer:
    return SkuOffer(
        sku_id=row.sku_id,
        code=row.code,
        card=_card(dict(row._mapping)),
        tax_class=row.tax_class,
        size_system=row.size_system,
        size_label=row.size_label,
        is_offered=row.is_offered,
    )


# By ids, or by a code. First the SKUs, then the product of each: with a join, Postgres reads every
# product of the catalogue, since the view alone has more tables than it reorders
# (join_collapse_limit): half a second with 44,000 products instead of a millisecond.
_SKUS = text(
    """
    with wanted as materialized (
        select skus.id as sku_id, code, is_offered, colourway_id, system as size_system,
            label as size_label
        from shop.skus join shop.sizes on sizes.id = size_id
        where skus.id = any(coalesce(
            cast(:sku_ids as bigint[]), array(select id from shop.skus where code = :code)))
    )
    select product.*, sku_id, code, is_offered, tax_class, size_system, size_label
    from wanted
    cross join lateral (select * from shop.live_products where id = colourway_id offset 0) as product
    join shop.styles on styles.id = product.style_id
    """
)
_SIZE_CHARTS = text(
    """
    select cast(json_build_array(key, size_charts.name, note, (
        select coalesce(
            json_agg(json_build_array(system, label, measure, low_mm, high_mm) order by sort, label),
            '[]')
        from shop.size_chart_rows join shop.sizes on sizes.id = size_id
        where size_chart_id = size_charts.id)) as text) as chart
    from shop.size_charts order by size_charts.name
    """
)
_KNOWN_PRODUCTS = text(
    "select id from shop.colourways where id = any(cast(:product_ids as bigint[]))"
)
_CATEGORY_PATHS = text("select path from shop.categories")
_BRAND_NAMES = text("select name from shop.brands")
_LIVE_PRODUCTS = text(
    "select id from shop.live_products where id = any(cast(:product_ids as bigint[]))"
)
_CARDS = text("select * from shop.live_products where id = any(cast(:product_ids as bigint[]))")
_IS_LIVE = text("select exists (select from shop.live_products where id = :product_id)")
_SIZES_OF = text(
    """
    select colourway_id, code, system, label, pieces from shop.offered_sizes
    where colourway_id = any(cast(:product_ids as bigint[])) order by colourway_id, system, sort
    """
)
