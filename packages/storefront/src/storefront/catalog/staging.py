"""The staging tables of an import, and their rows for products, column by column."""

import zlib
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import text

from storefront.catalog import naming, rules
from storefront.catalog.colours import colour_named, family_of
from storefront.catalog.size_order import natural_order
from storefront.catalog.source import SourceProduct, SourceSize
from storefront.catalog.spellings import category_paths
from storefront.db import WriteSession
from storefront.db_errors import driver_errors

_LONGEST_CODE = 100

TABLES = [
    text(statement)
    for statement in (
        """create temp table if not exists incoming (
            id bigint, style_key text, brand_key text, brand_slug text, brand_name text,
            category_path text, gender text, age_group text, size_chart text, tax_class text,
            size_system text, description text, material text, fit text, care text, slug text, name text,
            colour_name text, colour_family text, colour_hex text, season text, year smallint,
            usage text, currency text, list_price_minor bigint, price_minor bigint,
            published_at timestamptz, picture text, picture_width int, picture_height int,
            status text, popularity int
        ) on commit delete rows""",
        """create temp table if not exists incoming_categories (
            depth int, path text, parent_path text, name text
        ) on commit delete rows""",
        """create temp table if not exists incoming_sizes (
            colourway_id bigint, system text, label text, given_sort smallint,
            code text, is_code_made boolean, pieces int, is_counted boolean, gtin text,
            weight_g int, line int
        ) on commit delete rows""",
    )
]


SizePlace = tuple[str, str, int | None]
"""System, label, and the position in the source."""


async def copy(session: WriteSession, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Copy rows to a temporary table."""
    connection = await (await session.connection()).get_raw_connection()
    driver = connection.driver_connection
    assert driver is not None
    with driver_errors():
        await driver.copy_records_to_table(table, records=rows)


def category_rows(products: Iterable[SourceProduct]) -> set[tuple[int, str, str | None, str]]:
    """(depth, path, path of the parent, name)."""
    rows: set[tuple[int, str, str | None, str]] = set()
    for product in products:
        master, sub, kind = category_paths(product)
        rows.add((0, master, None, product.master_category))
        rows.add((1, sub, master, product.sub_category))
        rows.add((2, kind, sub, product.article_type))
    return rows


def product_row(product: SourceProduct) -> tuple[object, ...]:
    """The product without its sizes."""
    price = product.price or rules.price_of(product, rules.CURRENCY)
    brand = product.brand
    colour = product.base_colour
    known = colour_named(colour or "")
    return (
        product.id,
        product.style or f"product-{product.id}",
        naming.fold(brand) if brand else None,
        naming.slug(brand) if brand else None,
        brand,
        category_paths(product)[-1],
        product.gender,
        rules.age_group_of(product),
        product.size_chart,
        product.tax_class,
        _sizes_of(product)[0].system,
        product.description,
        product.material,
        product.fit,
        product.care,
        f"{naming.slug(product.name)[:80].strip('-')}-{product.id}".lstrip("-"),
        product.name,
        colour,
        family_of(colour) if colour else None,
        known.hex if known else None,
        product.season,
        product.year,
        product.usage,
        price.currency,
        price.before,
        price.now,
        product.published_at or rules.arrival_of(product),
        *_picture_cells(product),
        None if product.is_live is None else ("live" if product.is_live else "hidden"),
        rules.popularity_of(product) if product.popularity is None else product.popularity,
    )


def _picture_cells(product: SourceProduct) -> tuple[str | None, int | None, int | None]:
    """(key, width, height)."""
    shown = product.picture
    return (shown.key, shown.width, shown.height) if shown else (None, None, None)


def _sizes_of(product: SourceProduct) -> Sequence[SourceSize]:
    return rules.sizes_of(product) if product.sizes is None else product.sizes


def size_rows(products: Iterable[SourceProduct]) -> Iterator[tuple[object, ...]]:
    """Every size of every product, with its initial stock if the source has none."""
    for product in products:
        made: set[str] = set()
        for size in _sizes_of(product):
            code = size.sku or _code(product.id, size, made)
            is_counted = size.pieces is not None
            pieces = rules.first_stock(product, size) if size.pieces is None else size.pieces
            yield (
                product.id,
                size.system,
                size.label,
                size.sort,
                code,
                size.sku is None,
                pieces,
                is_counted,
                size.gtin,
                size.weight_g,
                size.line,
            )


def _code(product_id: int, size: SourceSize, made: set[str]) -> str:
    """A SKU such as ``15970-ALPHA-M``; long names and those that differ only in signs get a checksum."""
    name = f"{size.system} {size.label}"
    whole = f"{product_id}-{naming.segment(name).upper()}"
    code = whole[:_LONGEST_CODE]
    if code in made or code != whole:
        code = f"{code}-{zlib.crc32(name.encode()):08X}"
    made.add(code)
    return code


async def write_sizes(session: WriteSession, sizes: Iterable[SizePlace]) -> None:
    """Add sizes, or their order: from the source if every size of a system has a position, otherwise by
    their labels. Two statements at most."""
    places: dict[tuple[str, str], int | None] = {}
    for system, label, given_sort in sizes:
        known = places.get((system, label))
        given = [sort for sort in (known, given_sort) if sort is not None]
        places[system, label] = min(given, default=None)
    parameters = {
        "systems": [system for system, _ in places],
        "labels": [label for _, label in places],
        "given": list(places.values()),
        "natural": [natural_order(label) for _, label in places],
    }
    if (await session.scalars(_SIZES, parameters)).all():
        await session.execute(_ORDER_SIZES)


_SIZES = text(
    """
    insert into shop.sizes as old (system, label, sort, given_sort, natural_sort)
    select system, label, 0, given_sort, natural_sort
    from unnest(cast(:systems as text[]), cast(:labels as text[]), cast(:given as smallint[]),
        cast(:natural as int[])) as one (system, label, given_sort, natural_sort)
    order by system, label
    on conflict (system, label) do update set
        given_sort = coalesce(excluded.given_sort, old.given_sort),
        natural_sort = excluded.natural_sort
    where (old.given_sort, old.natural_sort) is distinct from
        (coalesce(excluded.given_sort, old.given_sort), excluded.natural_sort)
    returning id
    """
)

_ORDER_SIZES = text(
    """
    update shop.sizes set sort = least(placed.place, 32000) from (
        select id, row_number() over (
            partition by system
            order by case when is_given then given_sort end, natural_sort, label) as place
        from (
            select *, bool_and(given_sort is not null) over (partition by system) as is_given
            from shop.sizes
        ) as every
    ) as placed
    where sizes.id = placed.id and sort <> least(placed.place, 32000)
    """
)
