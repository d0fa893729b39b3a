"""Reads of the reviews: of a product, of a buyer, of staff; and whether counts agree with rows."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from storefront.db import Database, ReadSession
from storefront.differences import Difference
from storefront.errors import NotFound
from storefront.paging import Page, page_of
from storefront.reviews import statements as sql
from storefront.reviews.shapes import (
    BoughtLine,
    Filter,
    OwnReview,
    Photograph,
    Review,
    Shown,
    Sort,
    Summary,
    WaitingReview,
)
from storefront.texts import _

_MOST_HELPFUL = 3


async def shown(database: Database, product_id: int) -> Shown:
    """The most helpful reviews of a product, and the summary of all. One statement."""
    [row] = await database.fetch(sql.SHOWN, product_id, _MOST_HELPFUL, may_lag=True)
    return Shown(_summary(row["summary"]), _reviews(row["reviews"]))


async def page(
    database: Database,
    product_id: int,
    which: Filter,
    *,
    most: int,
    after: tuple[int, int] | None = None,
) -> Shown:
    """A page of a product's reviews, and the summary of all. after: of the page before.

    One statement.
    """
    rank, last_id = after or (None, None)
    [row] = await database.fetch(
        sql.PAGES[which.sort],
        product_id,
        which.stars,
        which.size,
        which.fit,
        rank,
        last_id,
        most + 1,
        use_custom_plan=True,
        may_lag=True,
    )
    found = _reviews(row["reviews"])
    last = found[most - 1] if len(found) > most else None
    return Shown(
        _summary(row["summary"]),
        found[:most],
        next_after=(_rank(last, which.sort), last.id) if last else None,
        sizes=row["sizes"],
    )


async def bought_line(session: ReadSession, number: str, sku: str) -> OwnReview:
    """A line of an order, and the review of it, if one is written. One statement.

    The caller decides who may see it. Raises NotFound (404).
    """
    row = (await session.execute(sql.LINE, {"number": number, "sku": sku})).one_or_none()
    if row is None:
        raise NotFound(_("There is no %(sku)s in the order %(number)s.", sku=sku, number=number))
    return _own(row)


async def of_customer(
    session: ReadSession, customer_id: int, *, most: int, before: int | None = None
) -> Page[OwnReview]:
    """A customer's delivered lines, the latest first, each with its review. One statement.

    before: ``next`` of the page before.
    """
    parameters = {"customer_id": customer_id, "most": most + 1, "before": before}
    return page_of([_own(row) for row in await session.execute(sql.OF_CUSTOMER, parameters)], most)


async def unreviewed(session: ReadSession, order_id: int) -> list[BoughtLine]:
    """The lines of an order that arrived, were not returned, and have no review yet. One statement."""
    return [_line(row) for row in await session.execute(sql.UNREVIEWED, {"order_id": order_id})]


async def photograph(
    session: ReadSession, key: str, *, is_thumbnail: bool, line_id: int | None = None
) -> bytes:
    """A photograph of a published review, or of the review of a line, as JPEG. One statement.

    Raises NotFound (404).
    """
    parameters = {"key": key, "line_id": line_id, "is_thumbnail": is_thumbnail}
    found: bytes | None = await session.scalar(sql.PHOTOGRAPH, parameters)
    if found is None:
        raise NotFound(_("There is no such photograph."))
    return found


async def photograph_for_staff(session: ReadSession, key: str) -> bytes:
    """The same in any state of the review. One statement. Raises NotFound (404)."""
    found: bytes | None = await session.scalar(sql.ANY_PHOTOGRAPH, {"key": key})
    if found is None:
        raise NotFound("There is no such photograph.")
    return found


async def published(session: ReadSession, review_id: int) -> tuple[Review, str]:
    """A published review, and the slug of its product. One statement. Raises NotFound (404)."""
    row = (await session.execute(sql.PUBLISHED, {"id": review_id})).one_or_none()
    if row is None:
        raise NotFound(_("There is no review %(number)s.", number=review_id))
    return _review(row.review), row.slug


async def waiting(
    session: ReadSession, *, most: int, after: int | None = None
) -> Page[WaitingReview]:
    """Reviews that staff must decide on, the longest waiting first. One statement.

    after: ``next`` of the page before.
    """
    found = [
        WaitingReview(
            _review(row.review),
            row.product_id,
            row.slug,
            row.name,
            row.state,
            row.held_for,
            row.reports or {},
        )
        for row in await session.execute(sql.WAITING, {"most": most + 1, "after": after})
    ]
    return page_of(found, most)


async def count_waiting(session: ReadSession) -> int:
    """How many reviews staff must decide on. One statement."""
    return int(await session.scalar(sql.COUNT_WAITING))


async def export(session: ReadSession, customer_id: int) -> Mapping[str, Any]:
    """A customer's reviews, helpful votes and reports, as JSON can hold them. One statement.

    Photographs by their sides; their files are on the page of the reviews.
    """
    found: Mapping[str, Any] = await session.scalar(sql.EXPORT, {"customer_id": customer_id})
    return found


async def differences(session: ReadSession) -> list[Difference]:
    """Averages, counts and votes that differ from their rows; empty if none does. One statement that
    reads all reviews."""
    return [
        Difference(name, what, *numbers)
        for what, name, *numbers in await session.execute(sql.DIFFERENCES)
    ]


def _rank(review: Review, sort: Sort) -> int:
    """What reviews are sorted by, falling, as ``statements.PAGES`` has it."""
    return {
        "newest": 0,
        "helpful": review.helpful_count,
        "highest": review.stars,
        "lowest": -review.stars,
    }[sort]


def _summary(counts: str) -> Summary:
    one, two, three, four, five, small, true, large = json.loads(counts)
    return Summary(
        {5: five, 4: four, 3: three, 2: two, 1: one},
        {"small": small, "true": true, "large": large},
    )


def _reviews(found: str | None) -> list[Review]:
    return [_review(one) for one in json.loads(found or "[]")]


def _review(found: Mapping[str, Any]) -> Review:
    return Review(
        id=found["id"],
        author=found["author"],
        stars=found["stars"],
        fit=found["fit"],
        size_label=found["size_label"],
        height_mm=found["height_mm"],
        title=found["title"],
        body=found["body"],
        language=found["language"],
        helpful_count=found["helpful_count"],
        created_at=datetime.fromisoformat(found["created_at"]),
        edited_at=datetime.fromisoformat(found["edited_at"]) if found["edited_at"] else None,
        photographs=[Photograph(*one) for one in found["photographs"] or ()],
    )


def _own(row: Row[Any]) -> OwnReview:
    review = _review(row.review) if row.review is not None else None
    return OwnReview(_line(row), review, row.state, row.rejected_reason, row.held_for or ())


def _line(row: Row[Any]) -> BoughtLine:
    return BoughtLine(
        line_id=row.line_id,
        number=row.number,
        customer_id=row.customer_id,
        sku=row.sku,
        product_id=row.product_id,
        slug=row.slug,
        name=row.name,
        colour=row.colour,
        size_system=row.size_system,
        size_label=row.size_label,
        picture=row.picture,
        delivered_at=row.delivered_at,
    )
