"""Paging: the requested page, the returned page, and the cursors to the next one. Pure."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from storefront.errors import InvalidInput
from storefront.search.index.facets import Facets

SortValue = int | str | bool
"""One value that a listing is sorted by."""

_INVALID = "cursor does not belong to this listing: take it from the `next` of the previous page."


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page is requested: by number, or from a cursor."""

    page: int = 1
    page_size: int = 24
    cursor: str | None = None


FIRST_PAGE = Paging()


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page starts. after: sort values of the last product before it, its id last; empty for
    a page by number."""

    after: tuple[SortValue, ...]
    page: int


@dataclass(frozen=True)
class ListingPage:
    """One page of a listing. cards: one JSON object for each product, as the API returns it.

    next_cursor: None on the last page. Totals are exact.
    """

    cards: Sequence[str]
    facets: Facets
    page: int
    page_size: int
    next_cursor: str | None

    @property
    def pages(self) -> int:
        """The number of pages; at least one."""
        return max(1, -(-self.facets.total // self.page_size))

    @cached_property
    def products(self) -> list[dict[str, Any]]:
        """The cards, parsed."""
        return [json.loads(card) for card in self.cards]


def start_of(paging: Paging, *, listing: str, key: str) -> Cursor:
    """Where the requested page starts. listing: the signature of its criteria; key: signs cursors.

    Raises InvalidInput (422) for a cursor that this shop did not sign for this listing.
    """
    if paging.cursor is None:
        return Cursor((), paging.page)
    try:
        page, *after = _serializer(listing, key).loads(paging.cursor)
    except BadData as error:
        raise InvalidInput.of("cursor", _INVALID) from error
    cursor = Cursor(tuple(after), page)
    if (
        sign(cursor, listing=listing, key=key) != paging.cursor
    ):  # decoding passes over other characters
        raise InvalidInput.of("cursor", _INVALID)
    return cursor


def sign(cursor: Cursor, *, listing: str, key: str) -> str:
    """The cursor for a URL; valid for this listing only."""
    return str(_serializer(listing, key).dumps([cursor.page, *cursor.after]))


def _serializer(listing: str, key: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        key, salt=listing, signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"}
    )
