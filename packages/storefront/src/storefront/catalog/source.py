"""What a catalogue source hands to the importer: one product at a time, before it becomes rows.

Three sources speak it: the data-set reader (``catalog/dataset.py``), the shop's own format
(``catalog/own_format.py``) and the generated demo catalogue (``storefront.demo``).
"""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SourcePrice:
    """Minor units of an ISO 4217 currency: what it costs, and what it is reduced from or the same."""

    now: int
    before: int
    currency: str


@dataclass(frozen=True, slots=True)
class SourceSize:
    """A size that a product is made in. sort: its place among the sizes of the system; None: where its
    label puts it (``catalog/size_order.py``). line: of the source, 0 where it has none.

    sku: None: the importer makes one. pieces: that can be sold; None: the importer draws a first stock,
    and leaves alone what was counted before.
    """

    system: str
    label: str
    sort: int | None = None
    sku: str | None = None
    pieces: int | None = None
    gtin: str | None = None
    weight_g: int | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class SourcePicture:
    """Key of the original in the picture store; width and height of it upright, in px, where known."""

    key: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class SourceProduct:
    """One product as its source describes it; it becomes one colourway.

    id: the merchant's own product number, unique in the source, above 0.
    brand: None where the source has none; the importer then derives it from the name.
    style: products of equal style are colours of one design; None: the importer decides.
    age_group: None: as the gender has it. size_chart: key of a chart that is there; None: that of its
    wearer and size system.
    sizes: one at least. price, sizes, published_at, popularity: None where the source tells none; they
    are then drawn (``catalog/rules.py``). is_live: None leaves it as it is. line: of the source, 0
    where it has none; doubts: what is odd about it, and what was
    done (``catalog/doubts.py``).
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
    picture: SourcePicture | None = None
    fit: str | None = None
    care: str | None = None
    age_group: str | None = None
    size_chart: str | None = None
    price: SourcePrice | None = None
    sizes: tuple[SourceSize, ...] | None = None
    published_at: datetime | None = None
    is_live: bool | None = None
    popularity: int | None = None
    line: int = field(default=0, compare=False)
    doubts: tuple[str, ...] = field(default=(), compare=False)
