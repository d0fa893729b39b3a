"""Addresses of products: ``/p/name-of-it-15970`` ends with the product's number."""

import re

from storefront.catalog import bounds
from storefront.errors import NotFound
from storefront.texts import _

_NUMBER = re.compile(r"[0-9]{1,19}")


def number_in(slug: str) -> int:
    """The product's number, at the end of its address. Raises NotFound (404) if there is none."""
    number = slug.rpartition("-")[2]
    if not _NUMBER.fullmatch(number) or int(number) > bounds.BIGGEST_ID:
        raise NotFound(_("There is no product at %(address)s.", address="/p/" + slug))
    return int(number)
