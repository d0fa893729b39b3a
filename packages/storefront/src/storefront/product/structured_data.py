"""What the page of a product says to search engines, in the words of schema.org.

The form is that of Google Search Central, "Product variant", "Review snippet" and "Breadcrumb": one
group a design, a variant for each size of the colour that is shown, the other colours by their
addresses.
"""

from collections.abc import Callable, Sequence
from typing import Any

from storefront.catalog.queries import ProductCard, ProductPage, SizeOffer
from storefront.reviews.shapes import Review, Shown
from storefront.texts import _

_CONTEXT = "https://schema.org"
_AVAILABILITY = {True: f"{_CONTEXT}/InStock", False: f"{_CONTEXT}/OutOfStock"}
_AUDIENCE = {"Men": "male", "Boys": "male", "Women": "female", "Girls": "female"}

Node = dict[str, Any]


def product_group(
    found: ProductPage,
    *,
    address: Callable[[ProductCard], str],
    pictures: Sequence[str],
    reviewed: Shown | None,
) -> Node:
    """A design with its variants. address: of a product, absolute. pictures: absolute addresses.

    reviewed: what buyers say of the colour that is shown; None without reviews.
    """
    card = found.card
    group: Node = {
        "@context": _CONTEXT,
        "@type": "ProductGroup",
        "productGroupID": str(card.style_id),
        "name": card.name,
        "url": address(card),
        "category": " > ".join(_steps(card)),
        "variesBy": [f"{_CONTEXT}/size", f"{_CONTEXT}/color"],
        "hasVariant": [
            *(_variant(found, size, address(card), pictures) for size in found.sizes),
            *({"url": address(other)} for other in found.colours if other.id != card.id),
        ],
    }
    if found.description:
        group["description"] = found.description
    if card.brand:
        group["brand"] = {"@type": "Brand", "name": card.brand}
    if found.material:
        group["material"] = found.material
    if card.gender in _AUDIENCE:
        group["audience"] = {"@type": "PeopleAudience", "suggestedGender": _AUDIENCE[card.gender]}
    if reviewed is not None and reviewed.summary.count:
        group["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": str(reviewed.summary.average),
            "ratingCount": reviewed.summary.count,
            "reviewCount": reviewed.summary.count,
            "bestRating": "5",
            "worstRating": "1",
        }
        group["review"] = [_review(one) for one in reviewed.reviews]
    return group


def _review(review: Review) -> Node:
    node: Node = {
        "@type": "Review",
        "author": {"@type": "Person", "name": review.author or _("A customer")},
        "datePublished": review.created_at.date().isoformat(),
        "reviewBody": review.body,
        "inLanguage": review.language,
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": str(review.stars),
            "bestRating": "5",
            "worstRating": "1",
        },
    }
    if review.title:
        node["name"] = review.title
    return node


def breadcrumbs(card: ProductCard, *, home: str, listing: str) -> Node:
    """The way from the front page to a product. home, listing: absolute addresses."""
    slugs = card.category_path.split("/")
    steps = [(_("Home"), home)]
    for depth, name in enumerate(_steps(card), start=1):
        steps.append((name, f"{listing}?category={'/'.join(slugs[:depth])}"))
    return {
        "@context": _CONTEXT,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": address}
            for position, (name, address) in enumerate(steps, start=1)
        ],
    }


def _variant(found: ProductPage, size: SizeOffer, address: str, pictures: Sequence[str]) -> Node:
    card = found.card
    variant: Node = {
        "@type": "Product",
        "sku": size.sku,
        "name": f"{card.name}, {size.label}",
        "size": size.label,
        "url": address,
        "offers": {
            "@type": "Offer",
            "url": address,
            "price": str(card.price.major),
            "priceCurrency": card.price.currency,
            "availability": _AVAILABILITY[size.left > 0],
            "itemCondition": f"{_CONTEXT}/NewCondition",
        },
    }
    if pictures:
        variant["image"] = list(pictures)
    if card.colour_name:
        variant["color"] = card.colour_name
    return variant


def _steps(card: ProductCard) -> list[str]:
    """Its categories from the root, each once."""
    return list(dict.fromkeys((card.master_category, card.sub_category, card.article_type)))
