"""Which products complete an outfit, by rules over attributes. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, floor

from storefront.catalog.category_paths import is_within
from storefront.recommend.candidates import Candidates, Product, genders_for
from storefront.recommend.pairing import are_worn_together, kept_from
from storefront.texts import _, name_of

PRICE_BAND = (0.4, 2.5)  # times the product's own price
_NEAR = (0.6, 1.6)

# Colours that go with every other one.
_NEUTRAL = (
    "Black", "White", "Grey", "Navy Blue", "Beige", "Brown", "Off White", "Cream", "Charcoal", "Tan",
    "Silver", "Steel", "Khaki", "Grey Melange",
)  # fmt: skip

# Which usages go with a usage; any other usage goes with all.
_USES: Mapping[str, Sequence[str]] = {
    "Casual": ("Casual", "Smart Casual"),
    "Ethnic": ("Ethnic", "Casual"),
    "Formal": ("Formal", "Smart Casual", "Casual"),
    "Sports": ("Sports", "Casual"),
}


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot of an outfit. paths: its categories, general ones; by_gender: the usual ones for a gender.

    completed_by: the slots that are recommended with it, in this order. dearer: how many times more its
    products may cost than others. is_all_year: whether its products are worn in every season.
    """

    paths: Sequence[str]
    completed_by: Sequence[str]
    by_gender: Mapping[str, Sequence[str]] = field(default_factory=dict)
    dearer: float = 1.0
    is_all_year: bool = False


# The first slot that includes a category is its slot: layers before tops.
_SLOTS: Mapping[str, Slot] = {
    "whole": Slot(
        ("apparel/dress", "apparel/saree", "apparel/apparel-set"),
        ("shoes", "bag", "jewellery", "watch"),
        {"Women": ("apparel/dress/dresses", "apparel/saree/sarees")},
    ),
    "layer": Slot(
        (
            "apparel/topwear/jackets",
            "apparel/topwear/blazers",
            "apparel/topwear/sweaters",
            "apparel/topwear/sweatshirts",
            "apparel/topwear/nehru-jackets",
            "apparel/topwear/waistcoat",
        ),
        ("top", "bottom", "shoes", "watch"),
    ),
    "top": Slot(
        ("apparel/topwear",),
        ("bottom", "shoes", "watch", "bag", "eyewear", "belt"),
        {
            "Men": ("apparel/topwear/shirts", "apparel/topwear/tshirts"),
            "Women": (
                "apparel/topwear/tops",
                "apparel/topwear/shirts",
                "apparel/topwear/tshirts",
                "apparel/topwear/kurtas",
            ),
        },
    ),
    "bottom": Slot(
        ("apparel/bottomwear",),
        ("top", "shoes", "belt", "watch", "bag"),
        {
            "Men": (
                "apparel/bottomwear/jeans",
                "apparel/bottomwear/trousers",
                "apparel/bottomwear/track-pants",
                "apparel/bottomwear/shorts",
            ),
            "Women": (
                "apparel/bottomwear/jeans",
                "apparel/bottomwear/trousers",
                "apparel/bottomwear/leggings",
                "apparel/bottomwear/skirts",
                "apparel/bottomwear/track-pants",
            ),
        },
    ),
    "shoes": Slot(("footwear",), ("bottom", "top", "bag", "watch")),
    "bag": Slot(("accessories/bags",), ("top", "bottom", "shoes", "watch"), is_all_year=True),
    # The cheapest watch costs more than most T-shirts: it alone would be in the look of all of them.
    "watch": Slot(
        ("accessories/watches",), ("top", "bottom", "shoes", "belt"), dearer=1.5, is_all_year=True
    ),
    "jewellery": Slot(("accessories/jewellery",), ("whole", "shoes", "bag"), is_all_year=True),
    "eyewear": Slot(
        ("accessories/eyewear",), ("top", "bottom", "shoes", "watch"), is_all_year=True
    ),
    "belt": Slot(("accessories/belts",), ("bottom", "top", "shoes", "watch"), is_all_year=True),
}


def complete_the_look(product: Product) -> list[Candidates]:
    """Candidates for an outfit around a product, for each slot; none where it is not part of one.

    For the same gender (children's things for children) and a usage that goes with its own, in its
    colour or a neutral one, within PRICE_BAND of its price, and nothing that nobody wears with it
    (pairing.py). Clothes and shoes of its season, and what is of its usage and near its price, rank
    first; equals are shuffled by its number, so that each product has a look of its own.
    """
    slot = slot_of(product["category_path"])
    if slot is None:
        return []
    filters, apart = {"gender": genders_for(product)}, kept_from(product)
    if colours := _matching_colours(product["base_color"]):
        filters["base_color"] = colours
    preferred = {}
    season = {"season": [product["season"]]} if product["season"] else {}
    if product["usage"] in _USES:
        filters["usage"] = list(_USES[product["usage"]])
        preferred["usage"] = [product["usage"]]
    return [
        Candidates(
            filters | {"category": list(other.by_gender.get(product["gender"], other.paths))},
            preferred if other.is_all_year else preferred | season,
            *_times(product, PRICE_BAND, other.dearer),
            near=_times(product, _NEAR),
            variation=int(product["product_id"]),
            excluded={"category": apart} if apart else {},
        )
        for other in (_SLOTS[name] for name in _SLOTS[slot].completed_by)
    ]


def slot_of(category_path: str) -> str | None:
    """The outfit slot of a category; None for innerwear, beauty and the like."""
    for name, slot in _SLOTS.items():
        if is_within(category_path, slot.paths):
            return name
    return None


def goes_with(colour: str | None, other: str | None) -> bool:
    """Whether two colours go together, in either order; an unknown one goes with all."""
    return colour == other or any(one is None or one in _NEUTRAL for one in (colour, other))


def goes_together(product: Product, other: Product) -> bool:
    """Whether two products may be in one outfit, by their colours and by what is worn together."""
    return goes_with(product["base_color"], other["base_color"]) and are_worn_together(
        product, other
    )


def reason(product: Product, other: Product) -> str:
    """Why a product is in the look of another, as its caption says it."""
    colour = other["base_color"]
    if colour is not None and colour == product["base_color"]:
        return _("In the same colour")
    if colour in _NEUTRAL:
        return _("%(colour)s goes with everything", colour=name_of(colour))
    if other["usage"] is not None and other["usage"] == product["usage"]:
        return _("%(occasion)s too", occasion=name_of(other["usage"]))
    if product["base_color"] in _NEUTRAL:
        return _("%(colour)s goes with everything", colour=name_of(product["base_color"]))
    low, high = _times(product, PRICE_BAND)
    if low <= other["price_minor"] <= high:
        return _("In a similar price range")
    return _("Rounds off the look")


def _times(product: Product, band: tuple[float, float], dearer: float = 1.0) -> tuple[int, int]:
    low, high = band
    return ceil(product["price_minor"] * low), floor(product["price_minor"] * high * dearer)


def _matching_colours(colour: str | None) -> list[str]:
    """The colours that go with one: itself and the neutral ones; empty, for all, with a neutral one."""
    return [] if colour is None or colour in _NEUTRAL else [colour, *_NEUTRAL]
