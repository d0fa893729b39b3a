"""What somebody likes, from the products that they looked at, saved and bought. Pure.

For each kind of product that they cared about a taste has one vector: the mean of the pictures' vectors,
in which a purchase counts most and what was done long ago least. Several kinds are several vectors: the
mean of a shoe and a saree looks like neither.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from storefront.recommend.candidates import Product, genders_for
from storefront.texts import _
from storefront.vision.index import Vector

InteractionName = Literal["looked at", "saved", "bought"]

_WEIGHT: Mapping[InteractionName, float] = {"looked at": 1.0, "saved": 3.0, "bought": 5.0}
_DECAY = 0.85  # of one for each later one of its sort: the fifth before the last counts half
_MOST_KINDS = 4


@dataclass(frozen=True, slots=True)
class Interaction:
    """Something that was done with a product. age: how many of the same sort were done since."""

    product_id: int
    name: InteractionName
    age: int = 0

    @property
    def weight(self) -> float:
        """How much it says about a taste."""
        return _WEIGHT[self.name] * _DECAY**self.age


@dataclass(frozen=True, slots=True)
class Taste:
    """What is liked of one kind. weight: its share of all, 0 to 1; because: the strongest interaction.

    genders: whom the products of this kind are for, and those that suit them.
    """

    vector: Vector
    weight: float
    because: Interaction
    title: str
    genders: tuple[str, ...]

    @property
    def reason(self) -> str:
        """Why something is recommended, as its caption says it."""
        match self.because.name:
            case "looked at":
                return _("Because you looked at %(product)s", product=self.title)
            case "saved":
                return _("Because you saved %(product)s", product=self.title)
            case "bought":
                return _("Because you bought %(product)s", product=self.title)


def tastes(
    interactions: Sequence[Interaction],
    products: Mapping[int, Product],
    vector_of: Callable[[int], Vector | None],
) -> list[Taste]:
    """A taste for each kind, the strongest first, four at most.

    products: by id; interactions with others, and with those that have no vector, say nothing.
    """
    by_kind: defaultdict[str, list[tuple[Interaction, Vector]]] = defaultdict(list)
    for interaction in interactions:
        vector = vector_of(interaction.product_id)
        if interaction.product_id in products and vector is not None:
            by_kind[products[interaction.product_id]["category_path"]].append((interaction, vector))
    found = sorted(by_kind.values(), key=_total, reverse=True)[:_MOST_KINDS]
    of_all = sum(map(_total, found))
    return [_taste(of_kind, products, of_all) for of_kind in found]


def genders(products: Sequence[Product]) -> list[str]:
    """The genders that somebody who likes these products is shown things for."""
    return list(dict.fromkeys(gender for one in products for gender in genders_for(one)))


def shares(tastes: Sequence[Taste], places: int) -> list[int]:
    """How many of the places each taste gets, by weight; one at least."""
    return [max(1, round(places * taste.weight)) for taste in tastes]


def _total(of_kind: Sequence[tuple[Interaction, Vector]]) -> float:
    return sum(interaction.weight for interaction, _ in of_kind)


def _taste(
    of_kind: Sequence[tuple[Interaction, Vector]], products: Mapping[int, Product], of_all: float
) -> Taste:
    total = np.sum([interaction.weight * vector for interaction, vector in of_kind], axis=0)
    because = max(
        (interaction for interaction, _ in of_kind), key=lambda interaction: interaction.weight
    )
    return Taste(
        np.asarray(total / max(float(np.linalg.norm(total)), 1e-12), np.float32),
        _total(of_kind) / of_all,
        because,
        products[because.product_id]["product_display_name"],
        tuple(sorted(genders([products[interaction.product_id] for interaction, _ in of_kind]))),
    )
