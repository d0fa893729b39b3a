"""What demo buyers think of what they bought: a distribution that looks like that of real shops.

- Every second product has reviews; of those that have any, the number falls geometrically (mean 4).
- Products differ in quality: their mean is 4.2 stars with a deviation of 0.4; the stars of one buyer
  scatter around it by 0.9. One buyer in fourteen is unhappy whatever the product. So seven of ten
  reviews have 4 or 5 stars, and one in nine has 1 or 2.
- One product in seven runs small, one in twelve large. Of a product that runs small, six in ten buyers
  say so, of any other one in ten; one buyer in five says nothing of the fit.
- Every product has at most one companion, for the same wearer and of another kind: half of those who
  bought one bought the other with it.
- Every third buyer gives a height, every second a name and a title.

Pure, and the same for the same seed and products.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

Fit = Literal["small", "true", "large"]

FITTED = frozenset({"alpha", "EU", "waist", "age", "bra"})
"""Size systems of things that fit or do not."""

_SHARE_REVIEWED = 0.5
_MORE_REVIEWS = 3.5  # besides the first, on average
_MOST_REVIEWS = 25
_QUALITY, _QUALITY_SPREAD, _STARS_SPREAD = 4.2, 0.4, 0.9
_UNHAPPY = 1 / 14
_WITH_COMPANION = 0.5
_RUNS_SMALL, _RUNS_LARGE = 1 / 7, 1 / 12
_SAID_BY_THOSE: dict[Fit, tuple[float, float, float]] = {
    "small": (0.6, 0.35, 0.05),
    "true": (0.1, 0.8, 0.1),
    "large": (0.05, 0.35, 0.6),
}
_FITS: tuple[Fit, Fit, Fit] = ("small", "true", "large")
_NAMES = (
    "Alma", "Bela", "Cleo", "Dara", "Edda", "Finn", "Gale", "Hana", "Ivo", "Juno", "Kai", "Lio",
    "Mara", "Nilo", "Orla", "Pia", "Quinn", "Rio", "Sami", "Tove", "Uma", "Vida", "Wren", "Yara",
)  # fmt: skip

_LIKED: dict[int, Sequence[str]] = {
    5: ("Exactly what I was looking for.", "Even better than in the picture.", "My new favourite."),
    4: ("Good quality for the price.", "I like it a lot.", "Well made, as described."),
    3: ("It is all right.", "Not quite what I expected.", "Fine, nothing special."),
    2: ("I am a little disappointed.", "It looks better than it wears.", "I expected more."),
    1: ("Sadly not for me.", "I will not buy it again.", "This was a disappointment."),
}
_TITLES: dict[int, Sequence[str]] = {
    5: ("Love it", "Perfect", "Highly recommended"),
    4: ("Very nice", "Good buy", "Happy with it"),
    3: ("Okay", "Mixed feelings", "Decent"),
    2: ("Could be better", "Not convinced", "So-so"),
    1: ("Disappointed", "Not for me", "Would not buy again"),
}
_ON_COLOUR: dict[bool, Sequence[str]] = {
    True: ("The {colour} is just as shown.", "The {colour} goes with everything.", ""),
    False: ("The {colour} is duller than in the picture.", "The {colour} faded a little.", ""),
}
_ON_FIT: dict[Fit, Sequence[str]] = {
    "small": (
        "It runs small: I would take the next size up.",
        "Tighter than other things I have in {size}.",
    ),
    "true": ("{size} fits as it should.", "True to size, {size} as always."),
    "large": (
        "It is roomy: one size down would have done.",
        "{size} is rather large on me.",
    ),
}
_ON_WEAR: dict[bool, Sequence[str]] = {
    True: ("After several weeks it still looks like new.", "I use it almost every day.", ""),
    False: ("It already looks used after two weeks.", "It feels cheaper than I had hoped.", ""),
}


@dataclass(frozen=True, slots=True)
class Bought:
    """A product that can be bought. wearer, kind: for whom, and its sub-category. system: of its sizes;
    sizes: SKU ids and labels, in order."""

    product_id: int
    wearer: str
    kind: str
    colour: str
    system: str
    sizes: Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one buyer says of one product. days_ago: when it was written."""

    product_id: int
    sku_id: int
    shopper: int
    days_ago: int
    stars: int
    fit: Fit | None
    height_mm: int | None
    author: str | None
    title: str | None
    body: str
    helpful: int


def opinions(products: Sequence[Bought], *, seed: int, shoppers: int) -> list[Opinion]:
    """The reviews of these products, the oldest first. shoppers: how many people there are."""
    found = {
        product.product_id: _of_product(
            product,
            random.Random(f"{seed} {product.product_id}"),  # noqa: S311 - a repeatable demo
            shoppers,
        )
        for product in products
    }
    for leader, follower in _companions(products):
        found[follower] = _bought_with(found[leader], found[follower])
    every = [opinion for of_product in found.values() for opinion in of_product]
    return sorted(every, key=lambda one: (-one.days_ago, one.product_id, one.shopper))


def _companions(products: Sequence[Bought]) -> Iterator[tuple[int, int]]:
    """Pairs of products for the same wearer and of two kinds; each product is in one at most."""
    alone: dict[str, list[Bought]] = defaultdict(list)
    for product in products:
        of_wearer = alone[product.wearer]
        other = next((one for one in of_wearer if one.kind != product.kind), None)
        if other is None:
            of_wearer.append(product)
        else:
            of_wearer.remove(other)
            yield other.product_id, product.product_id


def _bought_with(leading: Sequence[Opinion], following: Sequence[Opinion]) -> list[Opinion]:
    """The opinions on a companion: half of them by buyers of the leading product, the same day."""
    shared = int(min(len(leading), len(following)) * _WITH_COMPANION + 0.5)
    together = {one.shopper for one in leading[:shared]}
    displaced = iter([one.shopper for one in following[:shared] if one.shopper not in together])
    rest = [
        _by(one, next(displaced), one.days_ago) if one.shopper in together else one
        for one in following[shared:]
    ]
    first = zip(leading[:shared], following[:shared], strict=True)
    return [_by(one, leader.shopper, leader.days_ago) for leader, one in first] + rest


def _by(opinion: Opinion, shopper: int, days_ago: int) -> Opinion:
    author = None if opinion.author is None else _NAMES[shopper % len(_NAMES)]
    return replace(opinion, shopper=shopper, days_ago=days_ago, author=author)


def _of_product(product: Bought, chance: random.Random, shoppers: int) -> list[Opinion]:
    if chance.random() >= _SHARE_REVIEWED:
        return []
    count = min(1 + int(chance.expovariate(1 / _MORE_REVIEWS)), _MOST_REVIEWS, shoppers)
    quality = chance.gauss(_QUALITY, _QUALITY_SPREAD)
    runs = _runs(chance)
    return [
        _opinion(product, chance, quality, runs, shopper)
        for shopper in chance.sample(range(shoppers), count)
    ]


def _runs(chance: random.Random) -> Fit:
    drawn = chance.random()
    if drawn < _RUNS_SMALL:
        return "small"
    return "large" if drawn < _RUNS_SMALL + _RUNS_LARGE else "true"


def _opinion(
    product: Bought, chance: random.Random, quality: float, runs: Fit, shopper: int
) -> Opinion:
    stars = min(5, max(1, round(chance.gauss(quality, _STARS_SPREAD))))
    if chance.random() < _UNHAPPY:
        stars = chance.choice((1, 2))
    middle = (len(product.sizes) - 1) / 2
    place = min(len(product.sizes) - 1, max(0, round(chance.gauss(middle, 1.2))))
    sku_id, size = product.sizes[place]
    fit: Fit | None = None
    if product.system in FITTED and chance.random() < 0.8:
        fit = chance.choices(_FITS, _SAID_BY_THOSE[runs])[0]
    height = round(chance.gauss(1_700, 90) / 10) * 10
    has_height = product.system in FITTED and product.system != "age" and chance.random() < 1 / 3
    return Opinion(
        product_id=product.product_id,
        sku_id=sku_id,
        shopper=shopper,
        days_ago=int(chance.triangular(8, 500, 60)),
        stars=stars,
        fit=fit,
        height_mm=min(2_050, max(1_450, height)) if has_height else None,
        author=_NAMES[shopper % len(_NAMES)] if chance.random() < 0.5 else None,
        title=chance.choice(_TITLES[stars]) if chance.random() < 0.5 else None,
        body=_body(chance, stars, fit, product.colour, size),
        helpful=min(12, int(chance.expovariate(1 / 1.5))),
    )


def _body(chance: random.Random, stars: int, fit: Fit | None, colour: str, size: str) -> str:
    is_good = stars >= 4
    parts = [chance.choice(_LIKED[stars])]
    if fit is not None and chance.random() < 0.7:
        parts.append(chance.choice(_ON_FIT[fit]))
    if colour and chance.random() < 0.5:
        parts.append(chance.choice(_ON_COLOUR[is_good]))
    if chance.random() < 0.5:
        parts.append(chance.choice(_ON_WEAR[is_good]))
    said = " ".join(part for part in parts if part)
    return said.format(colour=colour.lower(), size=size)
