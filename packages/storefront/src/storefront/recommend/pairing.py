"""Which products nobody wears together, whatever their colours and usages. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from storefront.catalog.category_paths import is_within
from storefront.recommend.candidates import Product

# Groups of kinds, by the categories they include.
_PATHS: Mapping[str, Sequence[str]] = {
    "track pants": ("apparel/bottomwear/track-pants", "apparel/bottomwear/tracksuits"),
    "leggings": (
        "apparel/bottomwear/leggings",
        "apparel/bottomwear/jeggings",
        "apparel/bottomwear/tights",
        "apparel/bottomwear/stockings",
    ),
    "shirt": ("apparel/topwear/shirts",),
    "dress": ("apparel/dress",),
    "ethnic": (
        "apparel/topwear/kurtas",
        "apparel/topwear/kurtis",
        "apparel/topwear/dupatta",
        "apparel/topwear/nehru-jackets",
        "apparel/bottomwear/churidar",
        "apparel/bottomwear/patiala",
        "apparel/bottomwear/salwar",
        "apparel/apparel-set/kurta-sets",
        "apparel/saree",
    ),
    "formal shoes": ("footwear/shoes/formal-shoes",),
    "dainty shoes": ("footwear/shoes/heels", "footwear/shoes/flats"),
    "heels": ("footwear/shoes/heels",),
    "belt": ("accessories/belts",),
    "backpack": (
        "accessories/bags/backpacks",
        "accessories/bags/rucksacks",
        "accessories/bags/duffel-bag",
    ),
    "work bag": ("accessories/bags/laptop-bag", "accessories/bags/messenger-bag"),
    "handbag": ("accessories/bags/handbags", "accessories/bags/clutches"),
}

# Beside those by category there are groups of what is for sports, and for men and boys.
_APART = (
    ("track pants", "shirt"),
    ("track pants", "belt"),
    ("track pants", "dainty shoes"),
    ("track pants", "formal shoes"),
    ("sports", "work bag"),
    ("sports", "handbag"),
    ("belt", "leggings"),
    ("belt", "ethnic"),
    ("ethnic", "backpack"),
    ("ethnic", "work bag"),
    ("dress", "backpack"),
    ("dress", "work bag"),
    ("heels", "backpack"),
    ("heels", "work bag"),
    ("for men", "handbag"),
)


def kept_from(product: Product) -> list[str]:
    """The categories of which nothing is worn with a product."""
    others = dict.fromkeys(
        other for group in _groups(product) for other in _apart_from(group) if other in _PATHS
    )
    return list(dict.fromkeys(path for other in others for path in _PATHS[other]))


def are_worn_together(product: Product, other: Product) -> bool:
    """Whether both may be in one outfit."""
    groups = set(_groups(other))
    return not any(apart in groups for group in _groups(product) for apart in _apart_from(group))


def _groups(product: Product) -> Iterator[str]:
    for name, paths in _PATHS.items():
        if is_within(product["category_path"], paths):
            yield name
    if product["usage"] == "Sports":
        yield "sports"
    if product["gender"] in ("Men", "Boys"):
        yield "for men"


def _apart_from(group: str) -> Iterator[str]:
    for one, other in _APART:
        if group == one:
            yield other
        elif group == other:
            yield one
