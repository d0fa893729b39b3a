"""What a catalogue source hands to the importer: one product at a time, before it becomes rows.

Two sources speak it: the data-set reader (``catalog/dataset.py``) and the generated demo catalogue
(``storefront.demo``).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceProduct:
    """One product as its source describes it; it becomes one colourway.

    id: the merchant's own product number, unique in the source, above 0.
    brand: None where the source has none; the importer then derives it from the name.
    style: products of equal style are colours of one design; None: the importer decides.
    picture: key of the original in the picture store; None where there is no picture.
    """

    id: int
    name: str
    gender: str
    master_category: str
    sub_category: str
    article_type: str
    base_colour: str | None = None
    season: str | None = None
    year: int | None = None
    usage: str | None = None
    brand: str | None = None
    style: str | None = None
    description: str | None = None
    material: str | None = None
    picture: str | None = None
