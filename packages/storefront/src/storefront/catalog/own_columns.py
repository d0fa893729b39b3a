"""The columns of the shop's own format: what a cell must be, and what a row of cells means. Pure.

Each function raises BadRowError for what it cannot take.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from storefront.catalog import bounds
from storefront.catalog.cells import (
    AGE_GROUPS,
    STATUSES,
    BadRowError,
    cell,
    filled,
    gtin,
    instant,
    may_be_thousands,
    minor,
    named,
    number,
    one_of,
    season,
    shown,
    size_label,
    slugged,
    unspoilt,
    year,
)
from storefront.catalog.colours import colour_key
from storefront.catalog.genders import GENDERS
from storefront.catalog.naming import name_key, segment
from storefront.catalog.naming import size_key as size_label_key
from storefront.catalog.source import SourcePicture, SourcePrice, SourceProduct, SourceSize
from storefront.money import is_known

PRODUCT_COLUMNS = (
    "product_id", "style", "brand", "name", "gender", "master_category", "sub_category",
    "article_type", "colour", "season", "year", "usage", "description", "material", "fit", "care",
    "age_group", "size_chart", "tax_class", "currency", "price", "list_price", "published_at",
    "status", "picture", "picture_width", "picture_height",
)  # fmt: skip
SIZE_COLUMNS = ("size_system", "size", "size_sort", "sku", "gtin", "weight_g", "stock")
COLUMNS = PRODUCT_COLUMNS + SIZE_COLUMNS
NEEDED = (
    "product_id", "name", "gender", "master_category", "sub_category", "article_type",
    "currency", "price", "size_system", "size",
)  # fmt: skip

STYLE_COLUMNS = (
    "brand", "gender", "master_category", "sub_category", "article_type", "age_group", "size_chart",
    "tax_class", "description", "material", "fit", "care",
)  # fmt: skip
WITH_LINES = ("description", "care")
"""Texts that may have several lines."""

_MOST_CHARACTERS = {"description": bounds.MOST_DESCRIPTION}
_AMOUNTS = ("price", "list_price")
_NAMES: Mapping[str, Callable[[str], str]] = {
    "brand": name_key, "colour": colour_key, "usage": name_key
}  # fmt: skip
_CATEGORIES = ("master_category", "sub_category", "article_type")
_SIDES = ("picture_width", "picture_height")
_SIGNED = re.compile(r"(?P<whole>[0-9]+)(?P<sign>[.,])(?P<rest>[0-9]+)")
_PICTURE = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*")

MAY_SAY_NOTHING = (
    "style", "brand", "colour", "season", "year", "usage", "description", "material", "fit", "care",
    "picture", "sku", "gtin",
)  # fmt: skip
"""Columns in which a word for nothing, such as ``N/A``, is an empty cell: no amount follows."""
MUST_SAY_SOMETHING = (
    "name", "master_category", "sub_category", "article_type", "size_system", "size"
)  # fmt: skip
"""Columns in which it is an error: customers would see it."""

Cells = Mapping[str, str | None]
"""A row by column, tidied; None for an empty cell."""


def tidied(column: str, value: str) -> str | None:
    """A cell of this column as it is stored; None when empty. Raises BadRowError."""
    most = _MOST_CHARACTERS.get(column, bounds.MOST_CHARACTERS)
    return cell(column, value, most=most, has_lines=column in WITH_LINES)


class DecimalSigns:
    """The decimal signs of a file's amounts, which decide whether ``1.250`` is 1250 there.

    has_commas: whether ``19,99`` is an amount.
    """

    def __init__(self, *, has_commas: bool) -> None:
        self._accepted = ".," if has_commas else "."
        self._seen: set[str] = set()

    def observe(self, cells: Mapping[str, str] | BadRowError) -> None:
        """Note the sign of amounts that surely have one, such as ``49,90``."""
        if isinstance(cells, BadRowError):
            return
        for name in _AMOUNTS:
            amount = self._signed(cells.get(name))
            if amount and not may_be_thousands(amount[0]):
                self._seen.add(amount["sign"])

    def with_points(self, cells: Cells) -> dict[str, str | None]:
        """The cells, with decimal points and without separators of thousands in price columns, as far
        as the file shows which is which."""
        return {
            name: self._with_point(value) if name in _AMOUNTS else value
            for name, value in cells.items()
        }

    def _with_point(self, value: str | None) -> str | None:
        amount = self._signed(value)
        if amount is None:
            return value
        whole, sign, rest = amount.groups()
        if may_be_thousands(amount[0]) and len(self._seen) == 1:
            if sign not in self._seen:
                return whole + rest
            rest = rest.removesuffix("0")
        return f"{whole}.{rest}"

    def _signed(self, value: str | None) -> re.Match[str] | None:
        amount = _SIGNED.fullmatch(value.strip()) if value else None
        return amount if amount and amount["sign"] in self._accepted else None


def product_of(
    line: int, cells: Cells, pictures: Mapping[int, SourcePicture], currency: str
) -> SourceProduct:
    """A product of cells by COLUMNS, without its sizes. Raises BadRowError.

    pictures: by product number; they win over the cells.
    """
    read = {column: check(cells[column]) for column, check in PRODUCT_CHECKS.items()}
    product_id = read["product_id"]
    return SourceProduct(
        id=product_id,
        name=read["name"],
        gender=read["gender"],
        master_category=read["master_category"],
        sub_category=read["sub_category"],
        article_type=read["article_type"],
        base_colour=cells["colour"],
        season=read["season"],
        year=read["year"],
        usage=cells["usage"],
        brand=read["brand"],
        style=read["style"],
        description=cells["description"],
        material=cells["material"],
        picture=_picture(cells) if product_id not in pictures else pictures[product_id],
        fit=cells["fit"],
        care=cells["care"],
        age_group=read["age_group"],
        size_chart=read["size_chart"],
        tax_class=read["tax_class"],
        price=price(cells, currency),
        published_at=read["published_at"],
        is_live=None if read["status"] is None else read["status"] == "live",
        line=line,
    )


def _unless_empty(check: Callable[[str], Any]) -> Callable[[str | None], Any]:
    return lambda value: None if value is None else check(value)


PRODUCT_CHECKS: Mapping[str, Callable[[str | None], Any]] = {
    "product_id": lambda value: number("product_id", value, 1, bounds.BIGGEST_ID),
    "style": _unless_empty(partial(unspoilt, "style")),
    "brand": _unless_empty(partial(named, "brand")),
    "name": partial(shown, "name"),
    "gender": lambda value: one_of("gender", value, GENDERS),
    "master_category": partial(named, "master_category"),
    "sub_category": partial(named, "sub_category"),
    "article_type": partial(named, "article_type"),
    "season": season,
    "year": year,
    "age_group": _unless_empty(lambda value: one_of("age_group", value, AGE_GROUPS)),
    "size_chart": _unless_empty(partial(slugged, "size_chart")),
    "tax_class": _unless_empty(partial(slugged, "tax_class")),
    "published_at": _unless_empty(partial(instant, "published_at")),
    "status": _unless_empty(lambda value: one_of("status", value, STATUSES)),
}
"""What each column of a product must be, where it must be more than a text; raise BadRowError."""


def _picture(cells: Cells) -> SourcePicture | None:
    key, width, height = cells["picture"], cells["picture_width"], cells["picture_height"]
    if key is None:
        return None
    if not _PICTURE.fullmatch(key):
        raise BadRowError(
            f"picture {key!r} is not a key of the picture store, such as shop/7-a.jpg"
        )
    if width is None and height is None:
        return SourcePicture(key)
    return SourcePicture(
        key,
        number("picture_width", width, 1, bounds.LONGEST_SIDE_PX),
        number("picture_height", height, 1, bounds.LONGEST_SIDE_PX),
    )


def price(cells: Cells, shop_currency: str) -> SourcePrice:
    """The price in the columns currency, price and list_price, in the shop's currency."""
    currency = filled("currency", cells["currency"])
    if not is_known(currency):
        raise BadRowError(f"currency {currency!r} is not a code of ISO 4217 such as USD")
    if currency != shop_currency:
        raise BadRowError(f"currency {currency} is not that of the shop, {shop_currency}")
    now = minor("price", filled("price", cells["price"]), currency)
    list_price = cells["list_price"]
    before = now if list_price is None else minor("list_price", list_price, currency)
    if before < now:
        raise BadRowError(f"list_price {list_price} is below price {cells['price']}")
    return SourcePrice(now, before, currency)


def is_same(column: str, here: str, there: str, currency: str) -> bool:
    """Whether two cells of a product's column mean the same, such as ``19.9`` and ``19.90``.

    Raises BadRowError where the first has no meaning.
    """
    if column in _NAMES:
        return _NAMES[column](here) == _NAMES[column](there)
    if column in _CATEGORIES:
        return segment(here) == segment(there)
    if column in _AMOUNTS:
        return minor(column, here, currency) == minor(column, there, currency)
    if column in _SIDES:
        most = bounds.LONGEST_SIDE_PX
        return number(column, here, 1, most) == number(column, there, 1, most)
    check = PRODUCT_CHECKS.get(column)
    return here == there if check is None else bool(check(here) == check(there))


def size_key(size: SourceSize) -> tuple[str, str]:
    """What a product may have once: the size, however it is written."""
    return name_key(size.system), size_label_key(size.label)


def size_of(line: int, cells: Cells) -> SourceSize:
    """A size of cells by SIZE_COLUMNS. Raises BadRowError."""
    read = {column: check(cells[column]) for column, check in SIZE_CHECKS.items()}
    return SourceSize(
        system=read["size_system"],
        label=read["size"],
        sort=read["size_sort"],
        sku=read["sku"],
        pieces=read["stock"],
        gtin=read["gtin"],
        weight_g=read["weight_g"],
        line=line,
    )


def _whole(column: str, most: int) -> Callable[[str | None], Any]:
    return _unless_empty(lambda value: number(column, value, 0, most))


SIZE_CHECKS: Mapping[str, Callable[[str | None], Any]] = {
    "size_system": partial(named, "size_system"),
    "size": lambda value: size_label(filled("size", value)),
    "size_sort": _whole("size_sort", bounds.MOST_SIZE_SORT),
    "sku": _unless_empty(partial(unspoilt, "sku")),
    "gtin": _unless_empty(gtin),
    "weight_g": _whole("weight_g", bounds.MOST_GRAMS),
    "stock": _whole("stock", bounds.MOST_PIECES),
}
"""The same for the columns of a size."""
