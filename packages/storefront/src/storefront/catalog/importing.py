"""One batch of an import: staged products become styles, colourways, SKUs, media and stock."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import text

from storefront.catalog import conflicts, staging, stored_spellings
from storefront.catalog.rows import Doubt, Rejected
from storefront.catalog.source import SourceProduct
from storefront.catalog.spellings import Spellings
from storefront.db import WriteSession, on_commit
from storefront.inventory import service as inventory


@dataclass(slots=True)
class Outcome:
    """The result of a batch: ids of products, and the rejected ones."""

    added: set[int] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)
    rejected: dict[int, Rejected] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)


async def write(
    session: WriteSession, products: Sequence[SourceProduct], spellings: Spellings
) -> Outcome:
    """Add or update these products, at most 2,000, in the caller's transaction.

    spellings: must include these products. 25 statements at most.
    The caller has waited for the lock "import": concurrent imports take turns by batch, since they could
    add the same brands in different orders.
    """
    outcome = Outcome()
    for statement in staging.TABLES:
        await session.execute(statement)
    by_id = {product.id: product for product in products}
    known = set(await session.scalars(_PRESENT, {"ids": list(by_id)}))
    outcome.changed |= await stored_spellings.respell(session, spellings) & known
    spelt = [spellings.spelt(product) for product in products]
    await staging.copy(session, "incoming", [staging.product_row(product) for product in spelt])
    await staging.copy(session, "incoming_sizes", list(staging.size_rows(spelt)))
    await session.execute(_COUNT_INCOMING)
    outcome.changed |= set(await session.scalars(_RESORTED))
    await staging.write_sizes(
        session, ((size.system, size.label, size.sort) for one in spelt for size in one.sizes or ())
    )
    if known:
        outcome.changed |= set(await session.scalars(_RELABEL))
    outcome.rejected = await conflicts.take_out(session, by_id)
    good = [product for product in spelt if product.id not in outcome.rejected]
    await staging.copy(session, "incoming_categories", sorted(staging.category_rows(good)))
    await _write_staged(session, outcome, [product.id for product in good if product.id in known])
    await session.execute(_NOTE_CHANGED, {"ids": list(outcome.changed)})
    outcome.changed -= outcome.added | set(outcome.rejected)
    on_commit(session, "jobs")  # triggers may have enqueued e-mails about prices (migration 0031)
    return outcome


async def _write_staged(session: WriteSession, outcome: Outcome, known: list[int]) -> None:
    for statement in (*_CATEGORIES, _BRANDS):
        outcome.changed |= set(await session.scalars(statement)) & set(known)
    outcome.changed |= set(await session.scalars(_STYLES))
    for product_id, is_new in await session.execute(_COLOURWAYS):
        (outcome.added if is_new else outcome.changed).add(product_id)
    if known:
        for product_id, line, kept, code in await session.execute(_KEPT_CODES):
            reason = (
                f"sku {code!r} of product {product_id}: it keeps {kept!r}, which it was given first"
            )
            outcome.doubts.append(Doubt(line, reason))
        outcome.changed |= set(await session.scalars(_LABELS))
    skus = (await session.execute(_SKUS)).all()
    if known:
        outcome.changed |= set(await session.scalars(_OFFERS, {"known": known}))
    outcome.changed |= set(await session.scalars(_MEDIA))
    counted = await inventory.count(session, {sku: pieces for _, sku, pieces in skus})
    outcome.changed |= {product for product, sku, _ in skus if sku in counted}


# Temporary tables get no statistics automatically: without them, each batch reads all SKUs.
_COUNT_INCOMING = text("analyze incoming, incoming_sizes")

_PRESENT = text("select id from shop.colourways where id = any(cast(:ids as bigint[]))")

# Returns the products whose order of sizes changes.
_RESORTED = text(
    """
    select distinct colourway_id from incoming_sizes join shop.sizes using (system, label)
    where incoming_sizes.given_sort <> coalesce(sizes.given_sort, -1)
    """
)

# A SKU with a code from its source stays the same if the label of its size was corrected.
_RELABEL = text(
    """
    update shop.skus as sku set size_id = sizes.id
    from incoming_sizes as incoming join shop.sizes using (system, label)
    where (sku.colourway_id, sku.code) = (incoming.colourway_id, incoming.code)
    and not is_code_made and sku.size_id <> sizes.id
    and not exists (
        select from shop.skus as other
        where (other.colourway_id, other.size_id) = (sku.colourway_id, sizes.id))
    and not exists (
        select from incoming_sizes as same join shop.sizes as old using (system, label)
        where (same.colourway_id, old.id) = (sku.colourway_id, sku.size_id))
    returning sku.colourway_id
    """
)

# One statement per level, since a child needs its parent's id. Returns the products whose category
# has a new spelling.
_CATEGORIES = [
    text(
        """
        with written as (
            insert into shop.categories as old (parent_id, path, name)
            select parent.id, incoming.path, min(incoming.name)
            from incoming_categories as incoming
            left join shop.categories as parent on parent.path = incoming.parent_path
            where incoming.depth = :depth
            group by 1, 2
            on conflict (path) do update set name = excluded.name where old.name <> excluded.name
            returning path
        )
        select id from incoming join written on starts_with(category_path || '/', path || '/')
        """
    ).bindparams(depth=depth)
    for depth in range(3)
]

# Returns the products whose brand has a new spelling. Brands whose names have the same
# address are distinguished by a checksum.
_BRANDS = text(
    """
    with fresh as (
        select brand_key, min(brand_slug) as slug, min(brand_name) as name,
            row_number() over (partition by min(brand_slug) order by brand_key) as place
        from incoming where brand_key is not null group by 1
    ), written as (
        insert into shop.brands as old (key, slug, name)
        select brand_key, case
            when fresh.slug = '' or place > 1
                or exists (select from shop.brands where brands.slug = fresh.slug and key <> brand_key)
            then ltrim(fresh.slug || '-', '-') || left(md5(brand_key), 8) else fresh.slug end,
            fresh.name
        from fresh order by brand_key
        on conflict (key) do update set name = excluded.name where old.name <> excluded.name
        returning key
    )
    select id from incoming join written on written.key = brand_key
    """
)

_NOTE_CHANGED = text(
    "insert into shop.product_changes (colourway_id) select unnest(cast(:ids as bigint[]))"
)

# The data of a warehouse label: codes do not change, bar codes and weights are updated.
_KEPT_CODES = text(
    """
    select sku.colourway_id, line, sku.code, incoming.code
    from incoming_sizes as incoming
    join shop.sizes using (system, label)
    join shop.skus as sku on (sku.colourway_id, sku.size_id) = (incoming.colourway_id, sizes.id)
    where not is_code_made and sku.code <> incoming.code
    order by line
    """
)
_LABELS = text(
    """
    update shop.skus as sku set
        gtin = coalesce(incoming.gtin, sku.gtin), weight_g = coalesce(incoming.weight_g, sku.weight_g)
    from incoming_sizes as incoming join shop.sizes using (system, label)
    where (sku.colourway_id, sku.size_id) = (incoming.colourway_id, sizes.id)
    and (sku.gtin, sku.weight_g) is distinct from
        (coalesce(incoming.gtin, sku.gtin), coalesce(incoming.weight_g, sku.weight_g))
    returning sku.colourway_id
    """
)

# Returns the products whose style was written. Charts are looked up once per wearer and size system.
_STYLES = text(
    """
    with charts as materialized (
    select wearer.*, coalesce(named.id, shop.size_chart_of(gender, age_group, size_system)) as chart_id
    from (select distinct gender, age_group, size_system, size_chart from incoming) as wearer
    left join shop.size_charts as named on named.key = size_chart
    ), written as (
    insert into shop.styles as style (
        key, brand_id, category_id, gender, age_group, size_chart_id, tax_class, description, material,
        fit, care)
    select distinct on (style_key)
        style_key, brands.id, categories.id, incoming.gender, incoming.age_group, chart_id,
        coalesce(incoming.tax_class, present.tax_class, 'standard'),
        incoming.description, incoming.material, incoming.fit, incoming.care
    from incoming
    join charts on (charts.gender, charts.age_group, charts.size_system)
            = (incoming.gender, incoming.age_group, incoming.size_system)
        and charts.size_chart is not distinct from incoming.size_chart
    left join shop.brands on brands.key = brand_key
    join shop.categories on categories.path = category_path
    left join (select key, tax_class from shop.styles) as present (key, tax_class)
        on present.key = style_key
    order by style_key, incoming.id
    on conflict (key) do update set
        (brand_id, category_id, gender, age_group, size_chart_id, tax_class, description, material,
         fit, care) =
        (excluded.brand_id, excluded.category_id, excluded.gender, excluded.age_group,
         excluded.size_chart_id, excluded.tax_class, excluded.description, excluded.material,
         excluded.fit, excluded.care)
    where (style.brand_id, style.category_id, style.gender, style.age_group, style.size_chart_id,
           style.tax_class, style.description, style.material, style.fit, style.care)
        is distinct from (excluded.brand_id, excluded.category_id, excluded.gender,
                          excluded.age_group, excluded.size_chart_id, excluded.tax_class,
                          excluded.description, excluded.material, excluded.fit, excluded.care)
    returning key
    )
    select incoming.id from incoming join written on written.key = style_key
    """
)

# xmax is 0 in a row version created by an insert, not an update (PostgreSQL docs, "System Columns").
_COLOURWAYS = text(
    """
    insert into shop.colourways as old (
        id, style_id, slug, name, colour_name, colour_family, colour_hex, season, year, usage,
        currency, list_price_minor, price_minor, published_at, is_pictured, status,
        popularity)
    select
        incoming.id, styles.id, slug, name, colour_name, colour_family, colour_hex, season, year, usage,
        currency, list_price_minor, price_minor, published_at, picture is not null,
        coalesce(incoming.status, present.status, 'live'), popularity
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

# Returns every SKU that is new or was counted: product, SKU, pieces.
_SKUS = text(
    """
    with added as (
        insert into shop.skus (colourway_id, size_id, code, gtin, weight_g)
        select colourway_id, sizes.id, case when is_code_made and exists (
                select from shop.skus as other where other.code = incoming_sizes.code)
            then code || '-' || left(md5(system || ' ' || label), 8) else code end, gtin, weight_g
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

# A product whose sizes changed keeps its old SKUs, no longer offered: orders refer to them.
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

# The content of a key never changes, so its size stays where the source does not have it.
_MEDIA = text(
    """
    insert into shop.media as old (colourway_id, position, key, alt, width, height)
    select incoming.id, 0, picture, name, coalesce(picture_width, present.width),
        coalesce(picture_height, present.height)
    from incoming left join shop.media as present
        on (present.colourway_id, present.position, present.key) = (incoming.id, 0, picture)
    where picture is not null
    on conflict (colourway_id, position) do update set
        (key, alt, width, height) = (excluded.key, excluded.alt, excluded.width, excluded.height)
    where (old.key, old.alt, old.width, old.height)
        is distinct from (excluded.key, excluded.alt, excluded.width, excluded.height)
    returning colourway_id
    """
)
