"""Writes the read model: refreshes the listings of products that changed.

Any number of processes may do so at once. Each takes different changes, and locks its products before
it reads the source tables: the last writer of a listing has read the last commit. Sources are the
views of catalog and inventory (migration 0003).
"""

import logging
from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storefront.catalog import scheduled_prices
from storefront.db import Database, WriteSession
from storefront.db_errors import is_value_refused
from storefront.locks import lock_key

log = logging.getLogger(__name__)


async def refresh(database: Database) -> int:
    """Refresh the listings of up to 2,000 changed products, the oldest changes first, including those
    whose price has started or ended.

    Returns the number of products. One transaction, eleven statements. Raises Unavailable (503); no
    change is lost then.
    """
    async with database.writes() as session:
        await scheduled_prices.note_due(session)
        taken = sorted(set(await session.scalars(_TAKE)))
        if taken:
            await _refresh_apart(session, taken)
    return len(taken)


async def _refresh_apart(session: WriteSession, product_ids: Sequence[int]) -> None:
    """Refresh these; if the database rejects a value, in halves, down to the product that has it.

    Only that product loses its listing, and the reason is logged.
    """
    try:
        async with session.begin_nested():
            await refresh_products(session, product_ids)
    except DBAPIError as error:
        if not is_value_refused(error):
            raise
        if len(product_ids) > 1:
            half = len(product_ids) // 2
            await _refresh_apart(session, product_ids[:half])
            await _refresh_apart(session, product_ids[half:])
            return
        log.error("Product %s cannot be listed and is left out: %s", product_ids[0], error.orig)  # noqa: TRY400 - the statement adds nothing
        await session.execute(_LEAVE_OUT, {"product_ids": product_ids})
        await session.execute(_NEXT_VERSION, {"product_ids": product_ids})


async def refresh_all(database: Database) -> None:
    """Refresh until no change is left. Raises Unavailable (503); finished batches stay."""
    while await refresh(database):
        pass


async def rebuild(database: Database) -> None:
    """Mark every product as changed. ``refresh`` then updates each listing in place, so that readers
    never miss one. One statement."""
    async with database.writes() as session:
        await session.execute(_MARK_ALL)


async def refresh_products(session: WriteSession, product_ids: Sequence[int]) -> None:
    """Refresh the listings of these products; those no longer live are deleted. Nine statements."""
    parameters = {"product_ids": product_ids}
    await session.execute(_LOCK, parameters | {"listings": lock_key("listings")})
    await scheduled_prices.record(session, product_ids)
    await session.execute(_NAME_FACETS, parameters)
    await session.execute(_ADD_FACETS, parameters)
    await session.execute(_SORT_SIZES)
    upserted = await session.scalars(_UPSERT, parameters)
    texts = await session.scalars(_UPSERT_TEXTS, parameters)
    deleted = await session.scalars(_DELETE, parameters)
    if changed := sorted({*upserted, *texts, *deleted}):
        await session.execute(_NEXT_VERSION, {"product_ids": changed})


async def delete_old_versions(database: Database) -> None:
    """Delete change lists older than an hour: a process that is that far behind reads everything.

    One statement. Raises Unavailable (503).
    """
    async with database.writes() as session:
        await session.execute(_DELETE_OLD_VERSIONS)


# An import records up to three changes of a product (itself, its SKUs, their stock), 2,000 products at a
# time: all changes of a product among the oldest 6,000 are taken together, so that it is refreshed once.
_TAKE = text(
    """
    with waiting as materialized (
        select id, colourway_id from shop.product_changes order by id limit 6000
        for update skip locked
    )
    delete from shop.product_changes where id in (
        select id from waiting
        where colourway_id in (select colourway_id from waiting order by id limit 2000))
    returning colourway_id
    """
)

_MARK_ALL = text(
    """
    insert into shop.product_changes (colourway_id)
    select colourway_id from shop.listings union select id from shop.live_products
    """
)

# 64 locks for all products, acquired in order: few locks, and no deadlock.
_LOCK = text(
    """
    select pg_advisory_xact_lock(cast(:listings as bigint) + part) from (
        select distinct id % 64 as part from unnest(cast(:product_ids as bigint[])) as id
        order by 1) as parts
    """
)

# Each value that a product can be filtered by, including every ancestor of its category.
_ADD_FACETS = text(
    """
    insert into shop.facet_values (facet, value, label, sort, hex)
    select facet, value, min(label), min(sort), min(hex) from (
        select facet, value, label, 0 as sort, hex
        from shop.live_products as product, lateral (values
            ('gender', gender, gender, null),
            ('category', master_path, master_category, null),
            ('category', sub_path, sub_category, null),
            ('category', category_path, article_type, null),
            ('base_color', colour_name, colour_name, colour_hex),
            ('color_family', colour_family, initcap(colour_family), null),
            ('season', season, season, null),
            ('usage', usage, usage, null),
            ('brand', brand, brand, null),
            ('offer', case when price_minor < coalesce(lowest_price_minor, list_price_minor)
                then 'reduced' end, 'Reduced', null)
        ) as one (facet, value, label, hex)
        where product.id = any(cast(:product_ids as bigint[]))
        union all
        select 'size', system || ':' || label, label, sort, null
        from shop.offered_sizes where colourway_id = any(cast(:product_ids as bigint[]))
    ) as every
    where value is not null
    and not exists (
        select from shop.facet_values as known
        where known.facet = every.facet and known.value = every.value)
    group by facet, value
    order by facet, value
    on conflict do nothing
    """
)

# A category may have been renamed; its path, which is the value, does not change.
_NAME_FACETS = text(
    """
    update shop.facet_values as known set label = step.called from (
        select distinct step.path, step.called
        from shop.live_products as product, lateral (values
            (master_path, master_category), (sub_path, sub_category), (category_path, article_type)
        ) as step (path, called)
        where product.id = any(cast(:product_ids as bigint[]))
    ) as step
    where facet = 'category' and value = step.path and label <> step.called
    """
)

# The order of sizes changes if a source says so, or if new ones are inserted.
_SORT_SIZES = text(
    """
    update shop.facet_values as known set sort = sizes.sort from shop.sizes
    where facet = 'size' and value = system || ':' || sizes.label and known.sort <> sizes.sort
    """
)

# card: its JSON in GET /api/v1/products, with the names of the first version of this shop.
# offset 0: each column of the view is computed once, however often it is used. Sizes are looked up one
# by one: with a join, Postgres tries every existing size for each product.
_UPSERT = text(
    """
    insert into shop.listings as old (
        colourway_id, style_id, title, brand, currency, price_minor, list_price_minor,
        lowest_price_minor, popularity, published_at, rating, rating_count, is_pictured, thumb, badges,
        facets, sizes_in_stock, card)
    select
        id, style_id, name, brand, currency, price_minor, list_price_minor,
        lowest_price_minor, popularity, published_at, coalesce(rating_avg, 0), rating_count,
        is_pictured, picture, badges, facets, sizes,
        json_build_object(
            'product_id', id::text, 'style_id', style_id::text, 'product_display_name', name,
            'brand', brand, 'gender', gender, 'master_category', master_category,
            'sub_category', sub_category, 'article_type', article_type,
            'category_path', category_path, 'base_color', colour_name, 'color_family', colour_family,
            'color_hex', colour_hex, 'season', season, 'year', year, 'usage', usage,
            'price', shop.major(price_minor, currency), 'price_minor', price_minor,
            'list_price', shop.major(list_price_minor, currency),
            'list_price_minor', list_price_minor,
            'lowest_price', shop.major(lowest_price_minor, currency),
            'lowest_price_minor', lowest_price_minor, 'currency', currency,
            'rating', rating_avg, 'rating_count', rating_count, 'badges', badges,
            'similarity_score', null, 'personalization_reason', null,
            'similar_product_ids', json_build_array(), 'complete_the_set_ids', json_build_array(),
            'recommendations_updated_at', null,
            'image_path', picture, 'image_url', '/images/' || picture,
            'image_width', (
                select width from shop.media where colourway_id = product.id and position = 0),
            'image_height', (
                select height from shop.media where colourway_id = product.id and position = 0),
            'hover_image_url', (
                select '/images/' || key from shop.media
                where colourway_id = product.id and position = 1),
            'url', '/p/' || slug,
            'ingested_at',
            to_char(imported_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))::text
    from (
        select *, price_minor < coalesce(lowest_price_minor, list_price_minor) as is_reduced
        from shop.live_products where id = any(cast(:product_ids as bigint[])) offset 0
    ) as product
    cross join lateral (
        select coalesce(array_remove(array_agg(distinct (
            select id from shop.facet_values
            where facet = 'size' and value = offered.system || ':' || offered.label
        )), null), '{}') as sizes
        from shop.offered_sizes as offered
        where colourway_id = product.id and pieces > 0
    ) as in_stock
    cross join lateral (
        select array_remove(array[
            (select id from shop.facet_values where facet = 'gender' and value = gender),
            (select id from shop.facet_values where facet = 'category' and value = master_path),
            (select id from shop.facet_values where facet = 'category' and value = sub_path),
            (select id from shop.facet_values where facet = 'category' and value = category_path),
            (select id from shop.facet_values where facet = 'base_color' and value = colour_name),
            (select id from shop.facet_values where facet = 'color_family' and value = colour_family),
            (select id from shop.facet_values where facet = 'season' and value = season),
            (select id from shop.facet_values where facet = 'usage' and value = usage),
            (select id from shop.facet_values where facet = 'brand' and value = brand),
            case when is_reduced then (
                select id from shop.facet_values where facet = 'offer' and value = 'reduced') end
        ], null) as facets
    ) as every
    cross join lateral (
        select array_remove(array[
            case when is_reduced then 'reduced' end,
            case when sizes = '{}' then 'sold-out' end], null) as badges
    ) as marks
    on conflict (colourway_id) do update set
        (style_id, title, brand, currency, price_minor, list_price_minor, lowest_price_minor,
         popularity, published_at, rating, rating_count, is_pictured, thumb, badges, facets,
         sizes_in_stock, card) =
        (excluded.style_id, excluded.title, excluded.brand, excluded.currency, excluded.price_minor,
         excluded.list_price_minor, excluded.lowest_price_minor, excluded.popularity,
         excluded.published_at, excluded.rating, excluded.rating_count, excluded.is_pictured,
         excluded.thumb, excluded.badges, excluded.facets, excluded.sizes_in_stock, excluded.card)
    where row(old.*) is distinct from row(excluded.*)
    returning colourway_id
    """
)

_UPSERT_TEXTS = text(
    """
    insert into shop.listing_texts as old (colourway_id, title, details)
    select id, name, concat_ws(' ', material, fit, description, year) from shop.live_products
    where id = any(cast(:product_ids as bigint[]))
    on conflict (colourway_id) do update set
        (title, details) = (excluded.title, excluded.details)
    where (old.title, old.details) is distinct from (excluded.title, excluded.details)
    returning colourway_id
    """
)

_DELETE = text(
    """
    delete from shop.listings
    where colourway_id = any(cast(:product_ids as bigint[]))
    and not exists (select from shop.live_products where id = colourway_id)
    returning colourway_id
    """
)

_LEAVE_OUT = text(
    "delete from shop.listings where colourway_id = any(cast(:product_ids as bigint[]))"
)

# The row of listing_states stays locked until the commit, so versions are in commit order.
_NEXT_VERSION = text(
    """
    with next as (update shop.listing_states set version = version + 1 returning version)
    insert into shop.listing_versions (version, product_ids)
    select version, cast(:product_ids as bigint[]) from next
    """
)

# Those after the stored index are kept for a day: a process that starts reads what changed since.
_DELETE_OLD_VERSIONS = text(
    """
    delete from shop.listing_versions where made_at < now() - interval '1 hour' and (
        made_at < now() - interval '1 day'
        or version <= coalesce((select version from shop.index_sets limit 1), version)
    )
    """
)
