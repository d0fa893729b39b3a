"""Cursors: where a listing goes on, as text that nobody but the shop can make. Pure."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass

from storefront.errors import InvalidInput

_MAC_BYTES = 12
_REFUSED = "cursor is none of this listing: take it from the `next` of the page before"

Key = int | str | bool
"""One value that a listing is sorted by."""
After = tuple[Key, ...]
"""Where a page begins after: the sort key of a product, ending in its id; empty for the first page."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the page to come begins, and its number."""

    after: After
    page: int


def sign(cursor: Cursor, *, listing: str, key: str) -> str:
    """The cursor as it stands in an address. listing: filters and order that it belongs to."""
    said = json.dumps([cursor.page, *cursor.after], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_mac(said, listing, key) + said).rstrip(b"=").decode()


def read(text: str, *, listing: str, key: str) -> Cursor:
    """The cursor that was signed. Raises InvalidInput (422) for any other text or another listing."""
    try:
        signed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise _refused() from error
    mac, said = signed[:_MAC_BYTES], signed[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(said, listing, key)):
        raise _refused()
    page, *after = json.loads(said)
    return Cursor(tuple(after), page)


def _mac(said: bytes, listing: str, key: str) -> bytes:
    return hmac.digest(key.encode(), said + b"\0" + listing.encode(), hashlib.sha256)[:_MAC_BYTES]


def _refused() -> InvalidInput:
    return InvalidInput(f"{_REFUSED}.", errors=[{"pointer": "#/cursor", "detail": _REFUSED}])
