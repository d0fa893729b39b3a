"""The form of a product: its fields are the cells of a sheet, each size in a row with a number."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request

from storefront.catalog.bounds import BIGGEST_ID
from storefront.catalog.sheets import PRODUCT_COLUMNS, SIZE_COLUMNS, BadSheet, Sheet
from storefront.web.forms import Form, fields_of, whole

MAX_BODY = 300_000
"""Of a form with a long description and many sizes."""

_MOST_FIELDS = 1_000
_BLANK_ROWS = 3


def numbers_in(form: Form[Any], name: str) -> list[int]:
    """The product numbers in a field, separated by commas; what is none is refused in the form."""
    typed = [one.strip() for one in form.value(name).split(",") if one.strip()]
    found = [number for one in typed if (number := whole(one, most=BIGGEST_ID))]
    if len(found) < len(typed) or (form.value(name).strip() and not typed):
        form.refuse(name, "Please enter product numbers, separated by commas.")
    return found


class ProductForm:
    """A product as it was typed. form: by field; sizes: the rows to show, blank ones last.

    A size has the fields ``size-2``, ``gtin-2`` and so on; ``offered-2`` is ticked where it is sold.
    ``version`` names the state that the edit began with, ``key`` makes it take effect once.
    """

    def __init__(self, values: Mapping[str, str], sizes: int) -> None:
        self.form: Form[Any] = Form(values)
        self.sizes = range(sizes + _BLANK_ROWS)
        self._rows: list[int] = []

    @classmethod
    def showing(cls, sheet: Sheet) -> "ProductForm":
        """The form with a product as it is stored."""
        values = dict(sheet.product) | {"version": sheet.version}
        rows = [(size, True) for size in sheet.sizes] + [(size, False) for size in sheet.unoffered]
        for place, (size, is_offered) in enumerate(rows):
            values |= {f"{column}-{place}": size[column] for column in SIZE_COLUMNS}
            values |= {f"known-{place}": "true"} | (
                {f"offered-{place}": "true"} if is_offered else {}
            )
        return cls(values, len(rows))

    @classmethod
    async def read(cls, request: Request) -> "ProductForm":
        """The form that was sent. Raises InvalidText (422)."""
        await request.form(max_files=0, max_fields=_MOST_FIELDS)
        sent = {name: str(value) for name, value in (await fields_of(request)).multi_items()}
        places = [
            int(place)
            for name in sent
            for column, _, place in [name.rpartition("-")]
            if column == "size" and place.isascii() and place.isdecimal() and len(place) < 4
        ]
        filled = [place for place in places if any(sent.get(f"{c}-{place}") for c in SIZE_COLUMNS)]
        return cls(sent, max(filled, default=-1) + 1)

    @property
    def key(self) -> str:
        """Of the form; one that is sent twice takes effect once."""
        return self.form.value("key")[:64]

    @property
    def version(self) -> str:
        """Of the state that the edit began with."""
        return self.form.value("version")

    def sheet(self) -> Sheet:
        """What was typed, without the sizes that are not sold."""
        self._rows = [place for place in self.sizes if self._is_offered(place)]
        return Sheet(
            {column: self.form.value(column) for column in PRODUCT_COLUMNS},
            [
                {column: self.form.value(f"{column}-{place}") for column in SIZE_COLUMNS}
                for place in self._rows
            ],
        )

    def refuse(self, problem: BadSheet) -> None:
        """Say beside each field what is wrong with it."""
        errors = problem.facts["errors"]
        assert isinstance(errors, list)
        for error in errors:
            _, part, *rest = error["pointer"].split("/")
            name = rest[-1] if rest else ""
            if part == "sizes" and rest[0].isdecimal():
                rows = self._rows or [0]
                name = f"{rest[1]}-{rows[min(int(rest[0]), len(rows) - 1)]}"
            sentence = error["detail"]
            self.form.refuse(name, f"{sentence[:1].upper()}{sentence[1:]}.")
        if not errors:
            self.form.refuse("", problem.detail)

    def _is_offered(self, place: int) -> bool:
        if self.form.value(f"known-{place}"):
            return bool(self.form.value(f"offered-{place}"))
        return any(self.form.value(f"{column}-{place}").strip() for column in SIZE_COLUMNS)
