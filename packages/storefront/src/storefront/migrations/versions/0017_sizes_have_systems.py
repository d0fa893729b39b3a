"""Sizes are filtered by system and label: a waist of 38 is no shoe of size 38."""

from collections.abc import Sequence

from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# A label of one system becomes that size, and the rows that have its id stay right. Of several systems
# the one with most products keeps the id; the products of the others are listed anew.
_NAME = """
    update shop.facet_values set value = system || ':' || most.label, sort = most.sort from (
        select distinct on (label) label, system, sort from (
            select label, system, sort, count(skus.id) as products
            from shop.sizes left join shop.skus on size_id = sizes.id group by sizes.id
        ) as counted order by label, products desc, system
    ) as most where facet = 'size' and value = most.label
"""
# Spellings that no size has any more.
_FORGET = "delete from shop.facet_values where facet = 'size' and value = label"
_LIST_ANEW = """
    insert into shop.product_changes (colourway_id)
    select distinct colourway_id from shop.offered_sizes as offered where not exists (
        select from shop.facet_values
        where facet = 'size' and value = offered.system || ':' || offered.label)
"""
# Running processes read all values again.
_NEXT_VERSION = """
    with next as (update shop.listing_states set version = version + 1 returning version)
    insert into shop.listing_versions (version, product_ids) select version, '{}' from next
"""


def upgrade() -> None:
    for statement in (_NAME, _FORGET, _LIST_ANEW, _NEXT_VERSION):
        op.execute(statement)


def downgrade() -> None:
    op.execute(
        "insert into shop.product_changes (colourway_id) select colourway_id from shop.listings"
    )
    op.execute(
        """
        delete from shop.facet_values as one where facet = 'size' and exists (
            select from shop.facet_values as other
            where other.facet = 'size' and other.label = one.label and other.id < one.id)
        """
    )
    op.execute("update shop.facet_values set value = label where facet = 'size'")
    op.execute(_NEXT_VERSION)
