"""Which products are similar to one, by their pictures and by rules over attributes. Pure."""

from storefront.recommend.candidates import Candidates, Product, genders_for
from storefront.texts import _, name_of

_PRICE_RANGE = (0.5, 2.0)  # times the product's own price


def similar(product: Product) -> list[Candidates]:
    """Similar products: of its kind and gender near its price, then at any price; then of the sibling
    kinds. Its colour family, usage and brand rank first."""
    kind = {"category": [product["category_path"]], "gender": genders_for(product)}
    siblings = kind | {"category": [product["category_path"].rpartition("/")[0]]}
    preferred = {
        name: [product[name]] for name in ("color_family", "usage", "brand") if product[name]
    }
    low, high = (round(product["price_minor"] * times) for times in _PRICE_RANGE)
    return [
        Candidates(kind, preferred, low=low, high=high),
        Candidates(kind, preferred),
        Candidates(siblings, preferred),
    ]


def reason(product: Product, other: Product) -> str:
    """What a similar product has in common with it, as its caption says it."""
    if product["brand"] is not None and product["brand"] == other["brand"]:
        return _("Also by %(brand)s", brand=product["brand"])
    if product["color_family"] is not None and product["color_family"] == other["color_family"]:
        return _("Also %(colour)s", colour=name_of(product["color_family"]).lower())
    if product["category_path"] != other["category_path"]:
        return _("More of: %(kind)s", kind=name_of(product["sub_category"]))
    return _("Of the same kind")


def similarity(product: Product, other: Product) -> float:
    """How similar two products are, 0 to 1: the share of equal attributes, the kind counted twice."""
    equal = [
        product[name] is not None and product[name] == other[name]
        for name in ("category_path", "category_path", "gender", "color_family", "usage", "brand")
    ]
    lower, higher = sorted((int(product["price_minor"]), int(other["price_minor"])))
    score: float = (sum(equal) + lower / higher) / (len(equal) + 1)
    return round(score, 3)


def likeness(product: Product, other: Product, cosine: float) -> float:
    """How much two products look alike, 0 to 1: the cosine of their vectors, and their colours.

    Vectors see cut and pattern before colour, so an equal colour weighs in (the decision record has the
    figures).
    """
    is_same = product["base_color"] is not None and product["base_color"] == other["base_color"]
    is_near = (
        product["color_family"] is not None and product["color_family"] == other["color_family"]
    )
    return round((max(cosine, 0.0) + 0.2 * is_same + 0.1 * is_near) / 1.3, 3)
