"""The photographs of a catalogue, and which of them training must not see."""

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_SHARE_LEFT_OUT = 0.2
_LARGEST_SHARE = 0.08  # a brand with more than this is always trained on
_SEED = 7


@dataclass(frozen=True, slots=True)
class Shot:
    """A product with its photograph. brand: the first word of its name, in lower case."""

    product_id: int
    file: Path
    name: str
    kind: str
    colour: str
    gender: str
    usage: str
    season: str

    @property
    def brand(self) -> str:
        """The first word of the name; with a few exceptions that is the brand."""
        return self.name.split()[0].lower()

    @property
    def attributes(self) -> str:
        """What a shopper could say about it in words, apart from its name."""
        return f"{self.gender} {self.colour} {self.kind} {self.usage} {self.season}"


def read(folder: Path) -> list[Shot]:
    """The products of ``folder/styles.csv`` with a picture ``folder/images/<id>.jpg``, by id.

    The form is that of the data set *Fashion Product Images* (storefront/catalog/dataset.py).
    Raises OSError where the file is absent, KeyError where a column is.
    """
    pictures = {one.stem: one for one in (folder / "images").glob("*.jpg")}
    with (folder / "styles.csv").open(encoding="utf-8", newline="") as lines:
        shots = [
            Shot(
                int(row["id"]),
                pictures[row["id"]],
                row["productDisplayName"],
                row["articleType"],
                row["baseColour"],
                row["gender"],
                row["usage"],
                row["season"],
            )
            for row in csv.DictReader(lines)
            if row["id"] in pictures and row["productDisplayName"].strip()
        ]
    return sorted(shots, key=lambda one: one.product_id)


def left_out_brands(shots: Sequence[Shot]) -> set[str]:
    """The brands that training does not see: those of a fifth of the photographs.

    The same for the same catalogue always, so that a report knows them without being told.
    """
    counts = Counter(one.brand for one in shots)
    brands = sorted(counts)
    np.random.default_rng(_SEED).shuffle(brands)
    chosen: set[str] = set()
    pictures = 0
    for brand in brands:
        if pictures > _SHARE_LEFT_OUT * len(shots):
            break
        if counts[brand] <= _LARGEST_SHARE * len(shots):
            chosen.add(brand)
            pictures += counts[brand]
    return chosen
