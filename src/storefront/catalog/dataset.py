"""Reads a catalogue in the form of the public data set *Fashion Product Images*.

A CSV file with one product a row (columns: see COLUMNS) and a folder of pictures named by product id.
Source of the form: the data set's page on Kaggle (Param Aggarwal, 2019).
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from storefront.catalog import naming
from storefront.catalog.source import SourceProduct
from storefront.errors import InvalidInput

COLUMNS = (
    "id", "gender", "masterCategory", "subCategory", "articleType",
    "baseColour", "season", "year", "usage", "productDisplayName",
)  # fmt: skip

_GENDERS = ("Men", "Women", "Unisex", "Boys", "Girls")
_SEASONS = ("Spring", "Summer", "Fall", "Winter")
_YEARS = range(1990, 2101)
_MOST_CHARACTERS = 300
_BIGGEST_ID = 99_999_999  # above it the shop's own numbers begin


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot become a product. line: counted from 1, the header being line 1."""

    line: int
    reason: str


class _BadRowError(ValueError):
    """Says what is wrong with a row."""


def learn_brands(styles_csv: Path) -> naming.BrandNames:
    """The brands that the names of this file reveal. Raises InvalidInput (422) as read_products does."""
    return naming.BrandNames(row.get("productDisplayName") or "" for _, row in _rows(styles_csv))


def content(styles_csv: Path) -> bytes:
    """The file as it is. Raises InvalidInput (422) where it is absent."""
    _check_is_there(styles_csv)
    return styles_csv.read_bytes()


def count_rows(styles_csv: Path) -> int:
    """How many rows read_products will answer."""
    return sum(1 for _ in _rows(styles_csv))


def read_products(
    styles_csv: Path, brands: naming.BrandNames, pictures: dict[int, str]
) -> Iterator[SourceProduct | Rejected]:
    """Each row as a product, or as a rejection with its reason, in the order of the file.

    pictures: key of the stored original by product id.
    Raises InvalidInput (422) where the file is absent or has not these columns.
    """
    seen: dict[int, int] = {}
    styles = _Styles()
    for line, row in _rows(styles_csv):
        try:
            product = _product(row, brands, pictures)
            if first := seen.get(product.id):
                raise _BadRowError(f"id {product.id} was on line {first} already")
        except _BadRowError as reason:
            yield Rejected(line, str(reason))
            continue
        seen[product.id] = line
        yield styles.assign(product)


def _rows(styles_csv: Path) -> Iterator[tuple[int, dict[str | None, str | None]]]:
    _check_is_there(styles_csv)
    # A byte that is no UTF-8 becomes a lone surrogate, for which its row is rejected later.
    with styles_csv.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        reader = csv.DictReader(file)
        if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
            raise InvalidInput(
                f"{styles_csv} has no column {', '.join(missing)}. Its first line must name the "
                f"columns {', '.join(COLUMNS)}."
            )
        try:
            for row in reader:
                yield reader.line_num, dict(row)
        except csv.Error as error:
            raise InvalidInput(
                f"{styles_csv} cannot be read beyond line {reader.line_num}: {error}. Is a quotation "
                "mark left open there?"
            ) from error


def _check_is_there(styles_csv: Path) -> None:
    if not styles_csv.is_file():
        raise InvalidInput(f"There is no file {styles_csv}. Give the path of a styles.csv.")


def _product(
    row: dict[str | None, str | None], brands: naming.BrandNames, pictures: dict[int, str]
) -> SourceProduct:
    if None in row or None in row.values():
        raise _BadRowError(f"it has {'more' if None in row else 'fewer'} cells than columns")
    cells = {name: _cell(name, str(row[name])) for name in COLUMNS}
    number = _number(cells["id"])
    gender = cells["gender"]
    if gender not in _GENDERS:
        raise _BadRowError(f"gender {gender!r} is none of {', '.join(_GENDERS)}")
    article_type = _needed(cells, "articleType")
    colour = cells["baseColour"]
    name = cells["productDisplayName"] or " ".join(
        word for word in (gender, colour, article_type) if word
    )
    return SourceProduct(
        id=number,
        name=name,
        gender=gender,
        master_category=_needed(cells, "masterCategory"),
        sub_category=_needed(cells, "subCategory"),
        article_type=article_type,
        base_colour=colour,
        season=_season(cells["season"]),
        year=_year(cells["year"]),
        usage=cells["usage"],
        brand=brands.brand_of(name),
        picture=pictures.get(number),
    )


def _cell(column: str, value: str) -> str | None:
    """The value without outer spaces; None for an empty cell and for the data set's ``NA``."""
    tidied = naming.tidy(value)
    if len(tidied) > _MOST_CHARACTERS:
        raise _BadRowError(f"{column} has {len(tidied)} characters; {_MOST_CHARACTERS} at most")
    if "\0" in tidied:
        raise _BadRowError(f"{column} has a NUL character")
    if any("\ud800" <= character <= "\udfff" for character in tidied):
        raise _BadRowError(f"{column} has bytes that are no UTF-8 text")
    return None if tidied in ("", "NA") else tidied


def _needed(cells: dict[str, str | None], column: str) -> str:
    value = cells[column]
    if value is None:
        raise _BadRowError(f"{column} is empty")
    if not naming.slug(value):
        raise _BadRowError(f"{column} {value!r} has no letter or digit that an address can hold")
    return value


def _number(value: str | None) -> int:
    if value is None or not (value.isascii() and value.isdigit()):
        raise _BadRowError(f"id {value!r} is no whole number")
    if not 1 <= int(value) <= _BIGGEST_ID:
        raise _BadRowError(f"id {value} is not between 1 and {_BIGGEST_ID}")
    return int(value)


def _year(value: str | None) -> int | None:
    if value is None:
        return None
    if not (value.isascii() and value.isdigit()) or int(value) not in _YEARS:
        raise _BadRowError(f"year {value!r} is not between {_YEARS[0]} and {_YEARS[-1]}")
    return int(value)


def _season(value: str | None) -> str | None:
    if value is not None and value not in _SEASONS:
        raise _BadRowError(f"season {value!r} is none of {', '.join(_SEASONS)}")
    return value


class _Styles:
    """Groups products into designs: same brand, kind and telling words, each colour once."""

    def __init__(self) -> None:
        self._colours: dict[str, set[str | None]] = {}

    def assign(self, product: SourceProduct) -> SourceProduct:
        words = naming.design(
            product.name,
            brand=product.brand,
            article_type=product.article_type,
            colour=product.base_colour,
        )
        key = f"product-{product.id}"
        if words is not None:
            kind = (product.gender, product.master_category, product.sub_category)
            parts = (product.brand or "", *kind, product.article_type, words)
            key = "/".join(naming.slug(part) for part in parts)
            colours = self._colours.setdefault(key, set())
            if product.base_colour in colours:  # the same name and colour again: another design
                key = f"product-{product.id}"
            colours.add(product.base_colour)
        return replace(product, style=key)
