"""Writes of a product's pictures: added, described, put into order, removed.

The file of a picture stays in the store, whose contents never change; what no product shows is only no
longer linked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import text

from storefront.db import ReadSession, WriteSession
from storefront.errors import Conflict, NotFound

MOST_PICTURES = 20
"""Of one product."""


class TooManyPictures(Conflict):
    """A product has a limited number of pictures. Remove one first."""

    slug, title = "too-many-pictures", "The product cannot have another picture"


@dataclass(frozen=True, slots=True)
class ProductPicture:
    """A picture of a product as staff see it. position: 0 is shown on tiles, 1 under the pointer."""

    id: int
    position: int
    key: str
    alt: str
    width: int | None
    height: int | None


async def pictures(session: ReadSession, product_id: int) -> Sequence[ProductPicture]:
    """The pictures of a product, in their order. One statement."""
    rows = await session.execute(_PICTURES, {"product_id": product_id})
    return [ProductPicture(*row) for row in rows]


async def add(
    session: WriteSession, product_id: int, *, key: str, alt: str, width: int, height: int
) -> int:
    """Show one more picture, after the others; returns its id. Four statements.

    key: of the stored original. Raises NotFound (404), TooManyPictures (409).
    """
    there = await _locked(session, product_id)
    if len(there) >= MOST_PICTURES:
        raise TooManyPictures(f"A product has {MOST_PICTURES} pictures at most.")
    parameters = {
        "product_id": product_id,
        "key": key,
        "alt": alt,
        "width": width,
        "height": height,
    }
    picture_id: int = await session.scalar(_ADD, parameters | {"position": len(there)})
    await session.execute(_NOTE_PICTURED, {"product_id": product_id, "is_pictured": True})
    return picture_id


async def edit(
    session: WriteSession, product_id: int, picture_id: int, *, alt: str, position: int
) -> tuple[ProductPicture, ProductPicture]:
    """Change what a picture is said to show, and its place; returns it before and after.

    position: from 0; beyond the last one is the last. Five statements. Raises NotFound (404).
    """
    there = await _locked(session, product_id)
    before = _found(there, product_id, picture_id)
    ids = [one.id for one in there if one.id != picture_id]
    ids.insert(position, picture_id)
    await session.execute(_DESCRIBE, {"id": picture_id, "alt": alt})
    await _order(session, ids)
    return before, replace(before, alt=alt, position=ids.index(picture_id))


async def remove(session: WriteSession, product_id: int, picture_id: int) -> ProductPicture:
    """No longer show a picture; returns it. Six statements. Raises NotFound (404)."""
    there = await _locked(session, product_id)
    removed = _found(there, product_id, picture_id)
    await session.execute(_REMOVE, {"id": picture_id})
    await _order(session, [one.id for one in there if one.id != picture_id])
    has_more = len(there) > 1
    await session.execute(_NOTE_PICTURED, {"product_id": product_id, "is_pictured": has_more})
    return removed


async def _locked(session: WriteSession, product_id: int) -> Sequence[ProductPicture]:
    """The pictures, while nobody else can change them."""
    if await session.scalar(_LOCK, {"product_id": product_id}) is None:
        raise NotFound(f"There is no product {product_id}.")
    return await pictures(session, product_id)


def _found(there: Sequence[ProductPicture], product_id: int, picture_id: int) -> ProductPicture:
    for one in there:
        if one.id == picture_id:
            return one
    raise NotFound(f"Product {product_id} has no picture {picture_id}.")


async def _order(session: WriteSession, ids: Sequence[int]) -> None:
    """In two steps: the constraint of positions holds after each row."""
    if ids:
        for first in (-len(ids), 0):
            await session.execute(_ORDER, {"ids": list(ids), "first": first})


_LOCK = text("select id from shop.colourways where id = :product_id for update")
_PICTURES = text(
    """
    select id, position, key, alt, width, height from shop.media
    where colourway_id = :product_id order by position
    """
)
_ADD = text(
    """
    insert into shop.media (colourway_id, position, key, alt, width, height)
    select :product_id, greatest(:position, coalesce(max(position) + 1, 0)), :key, :alt, :width, :height
    from shop.media where colourway_id = :product_id
    returning id
    """
)
_NOTE_PICTURED = text(
    """
    update shop.colourways set is_pictured = :is_pictured
    where id = :product_id and is_pictured <> :is_pictured
    """
)
_DESCRIBE = text("update shop.media set alt = :alt where id = :id")
_REMOVE = text("delete from shop.media where id = :id")
_ORDER = text(
    """
    update shop.media set position = :first + place - 1
    from unnest(cast(:ids as bigint[])) with ordinality as wanted (id, place)
    where media.id = wanted.id
    """
)
