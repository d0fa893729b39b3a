"""Reads for size advice: a customer's measures, and the purchases that were kept or returned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from storefront.catalog.queries import ProductPage
from storefront.db import Database, ReadSession
from storefront.fit.advice import Outcome, Voices, Worn

_MOST_WORN = 50


@dataclass(frozen=True, slots=True)
class Scale:
    """The sizes of a product's chart, smallest first, and which of them it has."""

    labels: Sequence[str]
    measures: Sequence[Mapping[str, tuple[int, int]]]
    offered: Sequence[int]


def scale_of(found: ProductPage) -> Scale | None:
    """The scale that a product's sizes are on; None where its sizes are not body measures. Pure."""
    chart = found.size_chart
    systems = {size.system for size in found.sizes}
    if chart is None or len(systems) != 1:
        return None
    [system] = systems
    sizes = [(label, ranges) for (of, label), ranges in chart.sizes.items() if of == system]
    labels = [label for label, _ranges in sizes]
    offered = [labels.index(size.label) for size in found.sizes if size.label in labels]
    if not offered:
        return None
    return Scale(labels, [ranges for _label, ranges in sizes], offered)


async def voices(database: Database, product_id: int) -> Voices:
    """What buyers say of how a product fits, in reviews and by sending it back. One statement."""
    [row] = await database.fetch(_VOICES, product_id, may_lag=True)
    return Voices(row["small"], row["fitting"], row["large"])


async def measures(session: ReadSession, customer_id: int) -> dict[str, int]:
    """A customer's body measures in mm, by name; empty where they agreed to none. One statement."""
    return {
        row.measure: row.value_mm
        for row in await session.execute(_MEASURES, {"customer_id": customer_id})
    }


async def worn(
    session: ReadSession, customer_id: int, product_id: int, labels: Sequence[str]
) -> list[Worn]:
    """What a customer had of the same size chart, the latest first. labels: of its sizes.

    What their review says goes first, then the reason of a return. Without either it was kept, if it
    arrived more than thirty days ago and nothing was sent back. One statement.
    """
    parameters = {"customer_id": customer_id, "product_id": product_id, "most": _MOST_WORN}
    found: list[Worn] = []
    for row in await session.execute(_WORN, parameters):
        if row.size_label in labels:
            voices = Voices(row.small, row.fitting, row.large)
            outcome: Outcome = row.outcome
            found.append(Worn(labels.index(row.size_label), outcome, voices))
    return found


async def export(session: ReadSession, customer_id: int) -> list[dict[str, Any]]:
    """A customer's measures, as JSON can hold them. One statement."""
    rows = await session.execute(_MEASURES, {"customer_id": customer_id})
    return [dict(row._mapping) for row in rows]


_MEASURES = text(
    """
    select measure, value_mm, agreed_at from shop.body_measures
    where customer_id = :customer_id order by measure
    """
)
# What each buyer said of how it fits: in a published review, or else as the reason of a return.
_SAID = """
    select coalesce(review.fit, came_back.fit) as fit, line.id as line_id
    from shop.order_lines as line
    left join shop.reviews as review
        on review.order_line_id = line.id and review.state = 'published'
    left join lateral (
        select case reason when 'too_small' then 'small' else 'large' end as fit
        from shop.return_lines join shop.returns on returns.id = return_id
        where order_line_id = line.id and reason in ('too_small', 'too_large')
        and returns.state not in ('rejected', 'cancelled') order by return_lines.id limit 1
    ) as came_back on true
"""
_COUNTED = """
    select count(*) filter (where fit = 'small')::int as small,
        count(*) filter (where fit = 'true')::int as fitting,
        count(*) filter (where fit = 'large')::int as large
    from (
"""
_VOICES = _COUNTED + _SAID + " where line.product_id = $1) as said"
# The voices about each product, the customer's own left out: it is counted as the outcome already.
_PIECES = (
    "select piece.size_label, outcome, small, fitting, large"  # noqa: S608 - constants
    """
    from shop.order_lines as piece
    join shop.orders on orders.id = piece.order_id
    join shop.live_products as product on product.id = piece.product_id
    cross join lateral (
        select min(delivered_at) as delivered_at from shop.shipment_lines
        join shop.shipments on shipments.id = shipment_id where order_line_id = piece.id
    ) as parcel
    left join shop.reviews as own on own.order_line_id = piece.id
    left join lateral (
        select case min(reason) when 'too_small' then 'small' when 'too_large' then 'large' end as fit
        from shop.return_lines join shop.returns on returns.id = return_id
        where order_line_id = piece.id and returns.state not in ('rejected', 'cancelled')
    ) as sent_back on true
    cross join lateral (
        select coalesce(own.fit, sent_back.fit, case when returned_count = 0
            and delivered_at < now() - interval '30 days' then 'true' end) as outcome
    ) as became
    cross join lateral ("""
    + _COUNTED
    + _SAID
    + """ where line.product_id = piece.product_id and line.id <> piece.id) as said
    ) as voices
    where orders.customer_id = :customer_id and outcome is not null
    and product.size_chart_id = (
        select size_chart_id from shop.live_products where id = :product_id)
    order by piece.id desc limit :most
    """
)
_WORN = text(_PIECES)
