"""Finds staged products that cannot be written: a duplicate code, a missing size chart or tax class."""

from collections.abc import Mapping

from sqlalchemy import text

from storefront.catalog.rows import Rejected
from storefront.catalog.source import SourceProduct
from storefront.db import WriteSession


async def take_out(
    session: WriteSession, products: Mapping[int, SourceProduct]
) -> dict[int, Rejected]:
    """Remove products that cannot be written from the staged ones. Returns them by id, each with its
    first reason. Six statements at most.

    products: the staged ones, by id.
    """
    rejected: dict[int, Rejected] = {}
    for product_id, chart in await session.execute(_UNKNOWN_CHARTS):
        reason = f"there is no size chart {chart}; import the charts before the products"
        rejected.setdefault(product_id, Rejected(products[product_id].line, reason))
    for product_id, tax_class, known in await session.execute(_UNKNOWN_TAXES):
        reason = f"tax_class {tax_class!r} has no rate in any country; there are {known}"
        rejected.setdefault(product_id, Rejected(products[product_id].line, reason))
    for product_id, style, other in await session.execute(_FOREIGN_STYLES):
        reason = (
            f"style {style!r} is that of product {other}, which is in the shop with another brand, "
            "gender, age group or category"
        )
        rejected.setdefault(product_id, Rejected(products[product_id].line, reason))
    for product_id, line, column, value, other, first in await session.execute(_TAKEN):
        where = f", on line {first}" if first else ""
        reason = f"{column} {value} is that of product {other} already{where}"
        rejected.setdefault(product_id, Rejected(line or products[product_id].line, reason))
    if rejected:
        for statement in _REJECT:
            await session.execute(statement, {"ids": list(rejected)})
    return rejected


_UNKNOWN_CHARTS = text(
    """
    select id, size_chart from incoming
    where size_chart is not null
    and not exists (select from shop.size_charts where key = size_chart)
    """
)

# They would be sold at the standard rate. A country may lack a class that others have. Without any
# rates, before the shop runs first, every class may be one.
_UNKNOWN_TAXES = text(
    """
    select id, tax_class, known
    from incoming
    cross join (
        select array_agg(distinct tax_class) as classes,
            string_agg(distinct tax_class, ', ' order by tax_class) as known
        from shop.tax_rates) as taxes
    where tax_class <> 'standard' and tax_class <> all (classes)
    """
)

# A new product of a style must agree with the existing ones: they would change unnoticed.
_FOREIGN_STYLES = text(
    """
    select incoming.id, style_key,
        (select min(id) from shop.colourways where style_id = style.id) as other
    from incoming
    join shop.styles as style on style.key = style_key
    join shop.categories on categories.id = style.category_id
    left join shop.brands on brands.id = style.brand_id
    left join shop.colourways as present on present.id = incoming.id
    where present.style_id is distinct from style.id
    and (style.gender, style.age_group, brands.key, categories.path) is distinct from
        (incoming.gender, incoming.age_group, incoming.brand_key, incoming.category_path)
    and exists (select from shop.colourways where style_id = style.id)
    and not exists (
        select from incoming as member join shop.colourways as old on old.id = member.id
        where old.style_id = style.id)
    """
)

# Codes and bar codes of another SKU, in the shop or earlier in the batch: product, line, column,
# value, the other product, its line. The code of an existing SKU is not read. Zeros at the start of a
# bar code say nothing (GS1 General Specifications, 1.4.3: a GTIN is stored with 14 digits).
_TAKEN = text(
    """
    with arriving as (
        select incoming.colourway_id, line, incoming.code, is_code_made, incoming.gtin,
            known.id as sku_id
        from incoming_sizes as incoming
        join shop.sizes using (system, label)
        left join shop.skus as known
            on (known.colourway_id, known.size_id) = (incoming.colourway_id, sizes.id)
    ), named as (
        select colourway_id, line, 'sku' as said, code as value, code as same, sku_id from arriving
        where sku_id is null and not is_code_made
        union all
        select colourway_id, line, 'gtin', gtin, lpad(gtin, 14, '0'), sku_id
        from arriving where gtin is not null
    ), placed as (
        select *, row_number() over same as place,
            first_value(colourway_id) over same as first_id, first_value(line) over same as first_line
        from named window same as (partition by said, same order by line, colourway_id)
    )
    select colourway_id, line, said, value, first_id, first_line from placed where place > 1
    union all
    select named.colourway_id, line, said, value, other.colourway_id, null
    from named join shop.skus as other on said = 'sku' and other.code = value
    where other.id is distinct from named.sku_id
    union all
    select named.colourway_id, line, said, value, other.colourway_id, null
    from named join shop.skus as other on said = 'gtin'
        and other.gtin in (same, right(same, 13), right(same, 12), right(same, 8))
        and lpad(other.gtin, 14, '0') = same
    where other.id is distinct from named.sku_id
    order by line
    """
)

_REJECT = [
    text("delete from incoming where id = any(cast(:ids as bigint[]))"),
    text("delete from incoming_sizes where colourway_id = any(cast(:ids as bigint[]))"),
]
