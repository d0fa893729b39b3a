"""The statement for a page of a listing ordered by name. Pure.

Values are always parameters; conditions are combined from the constant texts below.
"""

from collections.abc import Sequence
from typing import Any

from storefront.search.criteria import Condition, Direction, Field
from storefront.search.paging import SortValue

# With {} for the placeholder.
_SQL: dict[Field, str] = {
    "facets": "facets && {}::int[]",
    "sizes_in_stock": "sizes_in_stock && {}::int[]",
    "min_price": "price_minor >= {}::bigint",
    "max_price": "price_minor <= {}::bigint",
    "min_rating": "rating >= {}::int",
    "since": "published_at >= {}::timestamptz",
}


def page_by_name(
    conditions: Sequence[Condition],
    product_ids: Sequence[int] | None,
    direction: Direction,
    after: Sequence[SortValue],
    offset: int,
    limit: int,
) -> tuple[str, list[Any]]:
    """Cards by title, each with its sort key; after a sort key, or from an offset.

    product_ids: the products to choose from, where conditions that need the index limit them.
    """
    values: list[Any] = []

    def placeholder(value: Any) -> str:
        values.append(value)
        return f"${len(values)}"

    texts = [
        f"{'not ' if one.is_excluded else ''}{_SQL[one.field].format(placeholder(one.value))}"
        for one in conditions
        if not one.needs_index
    ]
    if product_ids is not None:
        texts.append(f"colourway_id = any({placeholder(product_ids)}::bigint[])")
    if after:
        title, product_id = after
        sign = "<" if direction == "desc" else ">"
        key = f"({placeholder(title)}::text, {placeholder(product_id)}::bigint)"
        texts.append(f"(lower(title), colourway_id) {sign} {key}")
    where = " and ".join(texts) or "true"
    by = f"order by lower(title) {direction}, colourway_id {direction}"
    chosen = f"from shop.listings where {where} {by} limit {placeholder(limit)}::int"
    if offset:  # the skipped rows are counted in an index, not read
        chosen = (
            f"from shop.listings join (select colourway_id as id {chosen} "
            f"offset {placeholder(offset)}::int) as page on id = colourway_id {by}"
        )
    return f"select card, lower(title) as title, colourway_id {chosen}", values
