"""Which products complete an outfit, by rules over attributes. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from storefront.recommend.candidates import Candidates, Product, genders_for

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

    label: in a sentence. completed_by: the slots that are recommended with it, in this order.
    """

    label: str
    paths: Sequence[str]
    completed_by: Sequence[str]
    by_gender: Mapping[str, Sequence[str]] = field(default_factory=dict)


# The first slot that includes a category is its slot: layers before tops.
_SLOTS: Mapping[str, Slot] = {
    "whole": Slot(
        "A dress",
        ("apparel/dress", "apparel/saree", "apparel/apparel-set"),
        ("shoes", "bag", "jewellery", "watch"),
        {"Women": ("apparel/dress/dresses", "apparel/saree/sarees")},
    ),
    "layer": Slot(
        "A layer",
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
        "A top",
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
        "A bottom",
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
    "shoes": Slot("Shoes", ("footwear",), ("bottom", "top", "bag", "watch")),
    "bag": Slot("A bag", ("accessories/bags",), ("top", "bottom", "shoes", "watch")),
    "watch": Slot("A watch", ("accessories/watches",), ("top", "bottom", "shoes", "belt")),
    "jewellery": Slot("Jewellery", ("accessories/jewellery",), ("whole", "shoes", "bag")),
    "eyewear": Slot("Sunglasses", ("accessories/eyewear",), ("top", "bottom", "shoes", "watch")),
    "belt": Slot("A belt", ("accessories/belts",), ("bottom", "top", "shoes", "watch")),
}


def complete_the_look(product: Product) -> list[Candidates]:
    """Candidates for an outfit around a product, for each slot; none where it is not part of one.

    For the same gender and a usage that goes with its own, in its colour or a neutral one.
    """
    slot = slot_of(product["category_path"])
    if slot is None:
        return []
    filters = {"gender": genders_for(product)}
    if colours := _matching_colours(product["base_color"]):
        filters["base_color"] = colours
    preferred = {}
    if product["usage"] in _USES:
        filters["usage"] = list(_USES[product["usage"]])
        preferred["usage"] = [product["usage"]]
    return [
        Candidates(
            filters | {"category": list(other.by_gender.get(product["gender"], other.paths))},
            preferred,
            f"{other.label} to go with it",
        )
        for other in (_SLOTS[name] for name in _SLOTS[slot].completed_by)
    ]


def slot_of(category_path: str) -> str | None:
    """The outfit slot of a category; None for innerwear, beauty and the like."""
    for name, slot in _SLOTS.items():
        if any(f"{category_path}/".startswith(f"{path}/") for path in slot.paths):
            return name
    return None


def goes_with(colour: str | None, other: str | None) -> bool:
    """Whether two colours go together, in either order; an unknown one goes with all."""
    return colour == other or any(one is None or one in _NEUTRAL for one in (colour, other))


def colour_reason(colour: str | None, other: str | None) -> str:
    """How the colour of a recommended product goes with the product's, to append to a reason."""
    if other is None:
        return ""
    if colour == other:
        return ", in the same colour"
    return ", in a neutral colour" if other in _NEUTRAL else ""


def _matching_colours(colour: str | None) -> list[str]:
    """The colours that go with one: itself and the neutral ones; empty, for all, with a neutral one."""
    return [] if colour is None or colour in _NEUTRAL else [colour, *_NEUTRAL]
