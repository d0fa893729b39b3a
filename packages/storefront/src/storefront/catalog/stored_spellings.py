"""Spellings of names in the database: counted, and changed to the most frequent one."""

from collections.abc import Sequence

from sqlalchemy import text

from storefront.catalog import naming
from storefront.catalog.spellings import CHART_VOTES, NameKind, Respelling, Spellings
from storefront.db import ReadSession, WriteSession


async def votes(
    session: ReadSession, ids: Sequence[int] | None = None
) -> list[tuple[NameKind, str, str, int]]:
    """Votes for Spellings from the names of these products, by default of all. One statement."""
    parameters = {"ids": None if ids is None else list(ids), "chart": CHART_VOTES}
    rows = await session.execute(_VOTES, parameters)
    return [(kind, within, name, count) for kind, within, name, count in rows]


async def respell(session: WriteSession, spellings: Spellings) -> set[int]:
    """Change names in the database to the shop's spelling. Returns the affected products."""
    changed: set[int] = set()
    for respelling in spellings.respellings():
        statement = _RESPELL.get(respelling.kind)
        if statement is not None:
            changed |= set(await session.scalars(statement, _parameters(respelling)))
    return changed


def _parameters(respelling: Respelling) -> dict[str, str]:
    names = {"old": respelling.old, "new": respelling.new}
    if respelling.kind == "brand":
        keys = (naming.fold(name) for name in names.values())
        return {"new": respelling.new, **dict(zip(("old_key", "new_key"), keys, strict=True))}
    return {**names, "within": respelling.within} if respelling.kind == "size" else names


_VOTES = text(
    """
    with chosen as (
        select id, style_id, colour_name, usage from shop.colourways
        where cast(:ids as bigint[]) is null or id = any(cast(:ids as bigint[]))
    ), styled as (
        select brand_id, category_id, count(*) as products
        from chosen join shop.styles on styles.id = style_id group by 1, 2
    ), sized as (
        select size_id, count(*) as products
        from chosen join shop.skus on colourway_id = chosen.id where is_offered group by 1
    ), sizes as (
        select system, label, coalesce(products, 0) + case
            when cast(:ids as bigint[]) is null
            and exists (select from shop.size_chart_rows where size_id = id)
            then cast(:chart as bigint) else 0 end as products
        from shop.sizes left join sized on size_id = id
    )
    select 'brand', '', name, sum(products)::bigint
    from styled join shop.brands on brands.id = brand_id group by 3
    union all
    select 'category', step.path, step.name, sum(products)::bigint
    from styled
    join shop.categories as kind on kind.id = category_id
    join shop.categories as sub on sub.id = kind.parent_id
    join shop.categories as master on master.id = sub.parent_id
    cross join lateral (values
        (kind.path, kind.name), (sub.path, sub.name), (master.path, master.name)) as step (path, name)
    group by 2, 3
    union all
    select 'colour', '', colour_name, count(*) from chosen where colour_name is not null group by 3
    union all
    select 'usage', '', usage, count(*) from chosen where usage is not null group by 3
    union all
    select 'system', '', system, sum(products)::bigint from sizes group by 3
    union all
    select 'size', system, label, products::bigint from sizes
    """
)

_RESPELL = {
    # Only of brands with different keys: the name of one with this key is written with the products.
    "brand": text(
        """
        with other as (select id from shop.brands where key = :new_key), respelt as (
            update shop.brands set key = :new_key, name = :new
            where key = :old_key and not exists (select from other)
            returning id
        ), moved as (
            update shop.styles set brand_id = other.id from other
            where brand_id = (select id from shop.brands where key = :old_key and key <> :new_key)
            returning styles.id
        )
        select colourways.id from shop.colourways join shop.styles on styles.id = style_id
        where brand_id in (select id from respelt) or style_id in (select id from moved)
        """
    ),
    "colour": text(
        "update shop.colourways set colour_name = :new where colour_name = :old returning id"
    ),
    "usage": text("update shop.colourways set usage = :new where usage = :old returning id"),
    "system": text(
        """
        with respelt as (
            update shop.sizes as one set system = :new where system = :old and not exists (
                select from shop.sizes as other
                where (other.system, other.label) = (:new, one.label))
            returning id
        )
        select distinct colourway_id from shop.skus join respelt on respelt.id = size_id
        """
    ),
    "size": text(
        """
        with respelt as (
            update shop.sizes as one set label = :new
            where system = :within and label = :old and not exists (
                select from shop.sizes as other
                where (other.system, other.label) = (one.system, :new))
            returning id
        )
        select distinct colourway_id from shop.skus join respelt on respelt.id = size_id
        """
    ),
}
