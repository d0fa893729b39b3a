"""Drawings for products that nobody has photographed: one of their kind, in their colour. Pure.

The drawings are those of the demo catalogue; here are only their names. A kind that has no drawing of
its own borrows one of the same form (a stole is drawn as a scarf), or has none.
"""

from collections.abc import Mapping
from functools import cache, lru_cache

from storefront.catalog.colours import COLOURS, colour_named

_PLAIN = "grey"  # for a colour without a known look

# What is drawn: article, cut and pattern, as the keys of drawings name them.
_FORMS: Mapping[str, str] = {
    "backpacks": "zipped.solid",
    "belts": "pin.solid",
    "blazers": "single.solid",
    "bracelet": "chain.solid",
    "capris": "straight.solid",
    "caps": "plain.solid",
    "casual-shoes": "sneaker.solid",
    "clutches": "envelope.solid",
    "deodorant": "spray.solid",
    "dresses": "scoop-short-aline-knee.solid",
    "duffel-bag": "plain.solid",
    "earrings": "hoop.solid",
    "flats": "ballerina.solid",
    "flip-flops": "classic.solid",
    "formal-shoes": "oxford.solid",
    "handbags": "tote.solid",
    "hat": "fedora.solid",
    "heels": "stiletto-pointed.solid",
    "innerwear-vests": "scoop.solid",
    "jackets": "bomber.solid",
    "jeans": "straight.denim",
    "kurtas": "band-long.solid",
    "leggings": "full.solid",
    "lipstick": "bullet.solid",
    "nail-polish": "square.solid",
    "necklace-and-chains": "beads.solid",
    "nightdress": "slip.solid",
    "pendant": "drop.solid",
    "perfume-and-body-mist": "square.solid",
    "ring": "solitaire.solid",
    "sandals": "strappy.solid",
    "scarves": "fringed.solid",
    "shirts": "spread-long.solid",
    "shorts": "tailored.solid",
    "skirts": "aline-knee.solid",
    "socks": "crew.solid",
    "sports-shoes": "runner.solid",
    "sunglasses": "square.solid",
    "sweaters": "crew-pullover.solid",
    "sweatshirts": "hood-pocket.solid",
    "swimwear": "swimsuit.solid",
    "ties": "classic.solid",
    "tops": "scoop-short.solid",
    "track-pants": "cuffed.solid",
    "trousers": "straight.solid",
    "tshirts": "crew-short.solid",
    "tunics": "notch-threequarter.solid",
    "umbrellas": "crook.solid",
    "wallets": "bifold.solid",
    "watches": "round-light.solid",
}

# Kinds of the same form. What has no drawing and no such kin is left out.
_KIN: Mapping[str, str] = {
    "bangle": "bracelet",
    "boxers": "shorts",
    "camisoles": "innerwear-vests",
    "churidar": "leggings",
    "dupatta": "scarves",
    "jeggings": "leggings",
    "jewellery-set": "necklace-and-chains",
    "kurtis": "tunics",
    "laptop-bag": "handbags",
    "lip-gloss": "lipstick",
    "lounge-pants": "track-pants",
    "lounge-shorts": "shorts",
    "lounge-tshirts": "tshirts",
    "messenger-bag": "handbags",
    "mobile-pouch": "clutches",
    "mufflers": "scarves",
    "nehru-jackets": "blazers",
    "patiala": "trousers",
    "rain-jacket": "jackets",
    "rain-trousers": "trousers",
    "rucksacks": "backpacks",
    "salwar": "trousers",
    "shrug": "sweaters",
    "sports-sandals": "sandals",
    "stockings": "leggings",
    "stoles": "scarves",
    "suits": "blazers",
    "tablet-sleeve": "clutches",
    "tights": "leggings",
    "tracksuits": "track-pants",
    "trunk": "shorts",
}


@lru_cache(10_000)  # kinds and colours, of a catalogue that may name any
def drawing_of(article_type: str, colour_name: str | None) -> str | None:
    """The key of the drawing that stands in for a photograph; None where the kind has none."""
    kind = article_type.lower().replace(" ", "-")
    article = _KIN.get(kind, kind)
    form = _FORMS.get(article)
    if form is None:
        return None
    colour = colour_named(colour_name or "")
    return f"drawn/{article}.{form}.{colour.slug if colour else _PLAIN}.0.svg"


@cache
def _keys() -> frozenset[str]:
    colours = [None, *(colour.name for colour in COLOURS)]
    keys = (drawing_of(article, colour) for article in _FORMS for colour in colours)
    return frozenset(filter(None, keys))


def is_stand_in(key: str) -> bool:
    """Whether this is the key of such a drawing: there are some 2,300 of them."""
    return key in _keys()
