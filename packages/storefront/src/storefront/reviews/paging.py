"""Cursors of lists of reviews: signed, and valid for one product, order and filter. Pure."""

from dataclasses import astuple

from storefront.reviews.shapes import Filter
from storefront.search import paging
from storefront.search.paging import Cursor, Paging
from storefront.web.signing import Signer


def after_of(
    signer: Signer, product_id: int, which: Filter, cursor: str | None
) -> tuple[int, int] | None:
    """Where the page of a cursor starts; None for the first. Raises InvalidInput (422)."""
    asked = Paging(cursor=cursor)
    start = paging.start_of(asked, listing=_listing(product_id, which), key=_key(signer))
    if not start.after:
        return None
    rank, review_id = start.after
    return int(rank), int(review_id)


def cursor_of(
    signer: Signer, product_id: int, which: Filter, after: tuple[int, int] | None
) -> str | None:
    """The cursor of the next page; None where there is none."""
    if after is None:
        return None
    return paging.sign(Cursor(after, 1), listing=_listing(product_id, which), key=_key(signer))


def _listing(product_id: int, which: Filter) -> str:
    return f"reviews {product_id} {astuple(which)}"


def _key(signer: Signer) -> str:
    return signer.digest("cursors", "reviews")
