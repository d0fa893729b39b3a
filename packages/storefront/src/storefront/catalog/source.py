"""What a catalogue source passes to the importer: one product at a time, before it becomes rows.

Three sources use it: the data-set reader (``catalog/dataset.py``), the shop's own format
(``catalog/own_format.py``) and the generated demo catalogue (``storefront.demo``).
"""

from dataclasses import dataclass, field
from datetime import datetime

from storefront.catalog.rows import Rejected


@dataclass(frozen=True, slots=True)
class SourcePrice:
    """Minor units of an ISO 4217 currency: the price, and the price before a reduction or the same."""

    now: int
    before: int
    currency: str


@dataclass(frozen=True, slots=True)
class SourceSize:
    """A size of a product. sort: its position among the sizes of the system; None: derived from its
    label (``catalog/size_order.py``). line: of the source, 0 if it has none.

    sku: None: the importer generates one. pieces: sellable; None: the importer draws an initial stock,
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
    """Key of the original in the picture store; its width and height, upright, in px, if known."""

    key: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class SourceProduct:
    """One product from a source; it becomes one colourway.

    id: the merchant's own product number, unique in the source, above 0.
    brand: None if the source has none; the importer then derives it from the name.
    style: products of equal style are colours of one design; None: the importer decides.
    age_group: None: from the gender. size_chart: key of an existing chart; None: that of its
    wearer and size system. tax_class: None does not change it; ``standard`` at first.
    sizes: at least one. price, sizes, published_at, popularity: None if the source has none; they
    are then drawn (``catalog/rules.py``). is_live: None does not change it. line: of the source, 0
    where it has none; doubts: what is odd about it, and what was
    done (``catalog/doubts.py``). absent: columns of the shop's own format that the source does not
    have; an existing product keeps what it has there (``catalog/stored_values.py``). unless_stored: what
    it is where the shop does not have its words for nothing, such as ``N/A``, already; None without any.
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
    tax_class: str | None = None
    price: SourcePrice | None = None
    sizes: tuple[SourceSize, ...] | None = None
    published_at: datetime | None = None
    is_live: bool | None = None
    popularity: int | None = None
    line: int = field(default=0, compare=False)
    doubts: tuple[str, ...] = field(default=(), compare=False)
    absent: frozenset[str] = frozenset()
    unless_stored: "SourceProduct | Rejected | None" = field(
        default=None, compare=False, repr=False
    )
