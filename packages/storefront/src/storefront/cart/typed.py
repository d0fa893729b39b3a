"""What a shopper has typed into the lines of the bag: fields ``quantity.SKU`` and ``size.SKU``."""

from collections.abc import Sequence

from starlette.datastructures import FormData

from storefront.cart.models import MOST_PER_LINE
from storefront.cart.service import LineChange
from storefront.errors import InvalidInput
from storefront.texts import _


def changes_in(sent: FormData) -> Sequence[LineChange]:
    """The lines as they were typed, changed or not. Raises InvalidInput (422) for a wrong quantity."""
    typed: dict[str, dict[str, str]] = {}
    for name, value in sent.multi_items():
        field, _dot, sku = name.partition(".")
        if field in ("quantity", "size") and sku and isinstance(value, str):
            typed.setdefault(sku, {})[field] = value.strip()
    return [
        LineChange(sku, quantity_of(fields.get("quantity", "")), fields.get("size") or sku)
        for sku, fields in typed.items()
    ]


def quantity_of(text: str) -> int | None:
    """A quantity as typed; None for a blank one. Raises InvalidInput (422)."""
    if not text:
        return None
    if not (text.isdecimal() and len(text) < 10 and int(text) <= MOST_PER_LINE):
        sentence = _("Please enter a whole number from 0 to %(most)s.", most=MOST_PER_LINE)
        raise InvalidInput(sentence, errors=[{"pointer": "#/quantity", "detail": sentence}])
    return int(text)
