"""Writes of the catalogue: products from a source become styles, colourways, SKUs, media, stock."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from sqlalchemy import select, text

from storefront.catalog import own_form, spreadsheets, staging
from storefront.catalog.models import SizeChart
from storefront.catalog.rows import Rejected
from storefront.catalog.source import SourceProduct
from storefront.db import Database, WriteSession
from storefront.db_errors import refusing
from storefront.errors import InvalidInput
from storefront.inventory import service as inventory

_BATCH = (
    2_000  # products a transaction: a cut loses two seconds' work, and importing again mends it
)


@dataclass(slots=True)
class ImportReport:
    """What an import did. unchanged: products that were there already, just so."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)

    @property
    def read(self) -> int:
        """Rows that were read in all."""
        return self.added + self.changed + self.unchanged + len(self.rejected)


async def import_products(
    database: Database,
    products: Iterable[SourceProduct | Rejected],
    *,
    is_trial: bool = False,
    on_progress: Callable[[int], None] = lambda _rows: None,
) -> ImportReport:
    """Add products, or bring those already there up to date; safe to run again and to interrupt.

    products: consumed once, 2,000 at a time, each batch in a transaction of its own (18 statements
    at most).
    on_progress: told how many more rows are done, after each batch.
    is_trial: say what would happen, and undo it.
    Stock that the source does not tell is drawn once, when a size first appears: importing again never
    restocks. Stock that it tells is set, never below what is promised to someone.
    Raises InvalidInput (422) where a code stands for two sizes or a size chart is not there, Unavailable
    (503); what was committed before stays.
    """
    report = ImportReport()
    for batch in _batches(products):
        good = [row for row in batch if isinstance(row, SourceProduct)]
        report.rejected.extend(row for row in batch if isinstance(row, Rejected))
        if good:
            begin = database.trial if is_trial else database.writes
            with refusing({"skus_code_key": _taken_code, "skus_gtin_key": _taken_code}):
                async with begin() as session:
                    added, changed = await _import_batch(session, good)
            report.added += added
            report.changed += changed
            report.unchanged += len(good) - added - changed
        on_progress(len(batch))
    return report


async def export_products(database: Database, file: Path) -> None:
    """Write every product and size to a file in the shop's own form. Raises Unavailable (503)."""
    await spreadsheets.export(database, own_form.EXPORT, file)


async def note_import(database: Database, fingerprint: str) -> None:
    """Remember that a source was imported to its end. One statement."""
    async with database.writes() as session:
        await session.execute(
            text(
                "insert into shop.imports values (:fingerprint) "
                "on conflict (fingerprint) do update set finished_at = now()"
            ),
            {"fingerprint": fingerprint},
        )


async def refresh_statistics(database: Database) -> None:
    """Tell the planner what the tables hold now; worth it after a large import."""
    async with database.writes() as session:
        await session.execute(
            text(
                "analyze shop.brands, shop.categories, shop.styles, shop.colourways, "
                "shop.sizes, shop.skus, shop.media, shop.stock_levels, shop.listings"
            )
        )


def _batches(
    products: Iterable[SourceProduct | Rejected],
) -> Iterator[list[SourceProduct | Rejected]]:
    rest = iter(products)
    while batch := list(islice(rest, _BATCH)):
        yield batch


async def _import_batch(
    session: WriteSession, products: Sequence[SourceProduct]
) -> tuple[int, int]:
    """Returns how many products were added and how many changed."""
    await session.execute(_ONE_AT_A_TIME)
    for statement in staging.TABLES:
        await session.execute(statement)
    await _check_charts(session, {one.size_chart for one in products if one.size_chart})
    await staging.copy(session, "incoming_categories", sorted(staging.category_rows(products)))
    await staging.copy(session, "incoming", [staging.product_row(product) for product in products])
    await staging.copy(session, "incoming_sizes", list(staging.size_rows(products)))
    for statement in (_COUNT_INCOMING, *_CATEGORIES, _BRANDS):
        await session.execute(statement)
    changed = set(await session.scalars(_STYLES))
    colourways = (await session.execute(_COLOURWAYS)).all()
    added = {product_id for product_id, is_new in colourways if is_new}
    changed |= {product_id for product_id, is_new in colourways if not is_new}
    await session.execute(_SIZES)
    skus = (await session.execute(_SKUS)).all()
    if known := [product.id for product in products if product.id not in added]:
        changed |= set(await session.scalars(_OFFERS, {"known": known}))
    changed |= set(await session.scalars(_MEDIA))
    counted = await inventory.count(session, {sku: pieces for _, sku, pieces in skus})
    changed |= {product for product, sku, _ in skus if sku in counted}
    return len(added), len(changed - added)


async def _check_charts(session: WriteSession, keys: set[str]) -> None:
    """Raises InvalidInput (422) where a chart is not there. No statement where products name none."""
    if not keys:
        return
    known = set(await session.scalars(select(SizeChart.key)))
    if missing := sorted(keys - known):
        raise InvalidInput(
            f"There is no size chart {', '.join(missing)}. Import the charts before the products that "
            "name them (docs/catalogue.md). Earlier products are imported."
        )


def _taken_code(detail: str) -> InvalidInput:
    return InvalidInput(
        f"A code stands for two sizes: {detail} Earlier products are imported; correct the file and "
        "import it again."
    )


# Two imports at once take turns by the batch: they would add the same brands in another order.
_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtext('storefront import'))")

# Temporary tables have no statistics of their own accord: without, each batch reads all SKUs there are.
_COUNT_INCOMING = text("analyze incoming, incoming_sizes")

# One statement a level, since a child needs its parent's id.
_CATEGORIES = [
    text(
        """
        insert into shop.categories (parent_id, path, name)
        select parent.id, incoming.path, min(incoming.name)
        from incoming_categories as incoming
        left join shop.categories as parent on parent.path = incoming.parent_path
        where incoming.depth = :depth
        group by 1, 2
        on conflict (path) do nothing
        """
    ).bindparams(depth=depth)
    for depth in range(3)
]

_BRANDS = text(
    """
    insert into shop.brands (slug, name)
    select brand_slug, min(brand_name) from incoming where brand_slug <> '' group by 1
    on conflict (slug) do nothing
    """
)

# Answers the products whose style was written. Charts are sought once a wearer and size system.
_STYLES = text(
    """
    with charts as materialized (
    select wearer.*, coalesce(named.id, shop.size_chart_of(gender, age_group, size_system)) as chart_id
    from (select distinct gender, age_group, size_system, size_chart from incoming) as wearer
    left join shop.size_charts as named on named.key = size_chart
    ), written as (
    insert into shop.styles as style (
        key, brand_id, category_id, gender, age_group, size_chart_id, description, material, fit, care)
    select distinct on (style_key)
        style_key, brands.id, categories.id, incoming.gender, incoming.age_group, chart_id,
        description, material, fit, care
    from incoming
    join charts on (charts.gender, charts.age_group, charts.size_system)
            = (incoming.gender, incoming.age_group, incoming.size_system)
        and charts.size_chart is not distinct from incoming.size_chart
    left join shop.brands on brands.slug = brand_slug
    join shop.categories on categories.path = category_path
    order by style_key, incoming.id
    on conflict (key) do update set
        (brand_id, category_id, gender, age_group, size_chart_id, description, material, fit, care) =
        (excluded.brand_id, excluded.category_id, excluded.gender, excluded.age_group,
         excluded.size_chart_id, excluded.description, excluded.material, excluded.fit, excluded.care)
    where (style.brand_id, style.category_id, style.gender, style.age_group, style.size_chart_id,
           style.description, style.material, style.fit, style.care)
        is distinct from (excluded.brand_id, excluded.category_id, excluded.gender,
                          excluded.age_group, excluded.size_chart_id, excluded.description,
                          excluded.material, excluded.fit, excluded.care)
    returning key
    )
    select incoming.id from incoming join written on written.key = style_key
    """
)

# xmax is 0 in a row version that an insert made, not an update (PostgreSQL docs, "System Columns").
_COLOURWAYS = text(
    """
    insert into shop.colourways as old (
        id, style_id, slug, name, colour_name, colour_family, colour_hex, season, year, usage,
        currency, list_price_minor, price_minor, published_at, is_pictured, status,
        popularity, rating_avg, rating_count, fit_avg)
    select
        incoming.id, styles.id, slug, name, colour_name, colour_family, colour_hex, season, year, usage,
        currency, list_price_minor, price_minor, published_at, picture is not null,
        coalesce(incoming.status, present.status, 'live'), popularity, rating_avg, rating_count, fit_avg
    from incoming join shop.styles on styles.key = style_key
    left join (select id, status from shop.colourways) as present (id, status)
        on present.id = incoming.id
    order by incoming.id
    on conflict (id) do update set
        (style_id, slug, name, colour_name, colour_family, colour_hex, season, year, usage,
         currency, list_price_minor, price_minor, published_at, is_pictured, status, imported_at) =
        (excluded.style_id, excluded.slug, excluded.name, excluded.colour_name,
         excluded.colour_family, excluded.colour_hex, excluded.season, excluded.year, excluded.usage,
         excluded.currency, excluded.list_price_minor, excluded.price_minor, excluded.published_at,
         old.is_pictured or excluded.is_pictured, excluded.status, now())
    where (old.style_id, old.slug, old.name, old.colour_name, old.colour_family, old.colour_hex,
           old.season, old.year, old.usage, old.currency, old.list_price_minor, old.price_minor,
           old.published_at, old.is_pictured, old.status)
        is distinct from
          (excluded.style_id, excluded.slug, excluded.name, excluded.colour_name,
           excluded.colour_family, excluded.colour_hex, excluded.season, excluded.year, excluded.usage,
           excluded.currency, excluded.list_price_minor, excluded.price_minor, excluded.published_at,
           old.is_pictured or excluded.is_pictured, excluded.status)
    returning id, xmax = 0
    """
)

_SIZES = text(
    """
    insert into shop.sizes (system, label, sort)
    select system, label, min(sort) from incoming_sizes group by 1, 2
    on conflict (system, label) do nothing
    """
)

# Answers every SKU that is new or was counted: product, SKU, pieces.
_SKUS = text(
    """
    with added as (
        insert into shop.skus (colourway_id, size_id, code, gtin, weight_g)
        select colourway_id, sizes.id, code, gtin, weight_g
        from incoming_sizes join shop.sizes using (system, label)
        on conflict (colourway_id, size_id) do nothing
        returning colourway_id, id, size_id
    ), known as (
        select colourway_id, skus.id, size_id from incoming_sizes
        join shop.sizes using (system, label)
        join shop.skus using (colourway_id)
        where is_counted and skus.size_id = sizes.id
        union select * from added
    )
    select known.colourway_id, known.id, pieces
    from known join shop.sizes on sizes.id = size_id
    join incoming_sizes using (colourway_id, system, label)
    """
)

# A product that is made in other sizes than before keeps its old SKUs, unoffered: orders know them.
_OFFERS = text(
    """
    update shop.skus set is_offered = not is_offered
    where colourway_id = any(cast(:known as bigint[]))
    and is_offered is distinct from (colourway_id, size_id) in (
        select incoming_sizes.colourway_id, sizes.id
        from incoming_sizes join shop.sizes using (system, label))
    returning colourway_id
    """
)

_MEDIA = text(
    """
    insert into shop.media as old (colourway_id, position, key, alt, width, height)
    select id, 0, picture, name, picture_width, picture_height from incoming
    where picture is not null
    on conflict (colourway_id, position) do update set
        (key, alt, width, height) = (excluded.key, excluded.alt, excluded.width, excluded.height)
    where (old.key, old.alt, old.width, old.height)
        is distinct from (excluded.key, excluded.alt, excluded.width, excluded.height)
    returning colourway_id
    """
)
