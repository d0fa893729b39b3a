"""Finds recommendations in the read model."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from storefront.recommend import outfits, similarity
from storefront.recommend.candidates import Candidates, Product
from storefront.search.criteria import Criteria
from storefront.search.read_model.store import ReadModel
from storefront.vision.vector_reader import VectorReader

_LOOK_ALIKES = 60  # whose colours are compared, too
_EXTRA = 12  # more than are shown: some are colourways of one style


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A product and why it is recommended. similarity: to the viewed product, if that is the reason."""

    product: dict[str, Any]
    reason: str
    similarity: float | None = None


@dataclass(frozen=True, slots=True)
class Shelves:
    """The recommendations below a product on its page."""

    product: Product
    similar: list[Recommendation]
    look: list[Recommendation]


async def shelves(
    model: ReadModel, vectors: VectorReader, product_id: int, *, limit: int
) -> Shelves:
    """Similar products and an outfit. Five statements at most. Raises NotFound (404)."""
    product = await _product(model, product_id)
    return Shelves(
        product, await _similar(model, vectors, product, limit), await _look(model, product, limit)
    )


async def similar(
    model: ReadModel, vectors: VectorReader, product_id: int, *, limit: int
) -> list[Recommendation]:
    """Similar products of other styles, the most similar first. Four statements at most.

    Raises NotFound (404).
    """
    return await _similar(model, vectors, await _product(model, product_id), limit)


async def complete_the_look(
    model: ReadModel, product_id: int, *, limit: int
) -> list[Recommendation]:
    """An outfit around this product: one product for each slot. Three statements at most.

    Raises NotFound (404).
    """
    return await _look(model, await _product(model, product_id), limit)


def with_reason(cards: Sequence[str], reason: str) -> list[Recommendation]:
    """Products that are all recommended for one reason."""
    return [Recommendation(json.loads(card), reason) for card in cards]


async def _product(model: ReadModel, product_id: int) -> Product:
    product: Product = json.loads(await model.card(product_id))
    return product


async def _similar(
    model: ReadModel, vectors: VectorReader, product: Product, limit: int
) -> list[Recommendation]:
    """Those whose pictures look alike; where these are too few, those with the same attributes."""
    found = await _alike(model, vectors, product, limit)
    if len(found) < limit:
        known = {one.product["style_id"] for one in found}
        others = await _by_attributes(model, product, limit)
        found += [one for one in others if one.product["style_id"] not in known]
    return found[:limit]


async def _alike(
    model: ReadModel, vectors: VectorReader, product: Product, limit: int
) -> list[Recommendation]:
    """Products of its kind and gender whose pictures look like its own, one of each style."""
    index = await vectors.products()
    vector = index.vector(int(product["product_id"]))
    if vector is None:
        return []
    same_kind = similarity.similar(product)[1]
    matches = await model.matching(_criteria(same_kind), among=index.product_ids)
    near = index.nearest(vector, matches.product_ids, limit=limit + _LOOK_ALIKES)
    cards = await model.cards([one.product_id for one in near])
    by_style: dict[str, Recommendation] = {}
    for neighbour in near:
        if card := cards.get(neighbour.product_id):
            other = json.loads(card)
            score = similarity.likeness(product, other, neighbour.similarity)
            reason = similarity.reason(product, other)
            one = Recommendation(other, reason, score)
            best = by_style.get(other["style_id"])
            if best is None or score > (best.similarity or 0):
                by_style[other["style_id"]] = one
    by_style.pop(product["style_id"], None)
    return sorted(by_style.values(), key=lambda one: -(one.similarity or 0))[:limit]


async def _by_attributes(model: ReadModel, product: Product, limit: int) -> list[Recommendation]:
    candidates = similarity.similar(product)
    found = await model.first_cards(list(map(_criteria, candidates)), limit=limit + _EXTRA)
    by_style: dict[str, Recommendation] = {}
    for cards in found:
        for other in map(json.loads, cards):
            score = similarity.similarity(product, other)
            reason = similarity.reason(product, other)
            by_style.setdefault(other["style_id"], Recommendation(other, reason, score))
    by_style.pop(product["style_id"], None)
    return sorted(by_style.values(), key=lambda one: -(one.similarity or 0))[:limit]


async def _look(model: ReadModel, product: Product, limit: int) -> list[Recommendation]:
    """Each product goes with all before it; a slot without such a product is left out."""
    candidates = outfits.complete_the_look(product)
    found = await model.first_cards(list(map(_criteria, candidates)), limit=_EXTRA)
    look: list[Recommendation] = []
    for cards in found:
        chosen = [one.product["base_color"] for one in look]
        for other in map(json.loads, cards):
            if all(outfits.goes_with(other["base_color"], colour) for colour in chosen):
                look.append(Recommendation(other, outfits.reason(product, other)))
                break
    return look[:limit]


def _criteria(candidates: Candidates) -> Criteria:
    return Criteria(
        filters=candidates.filters,
        min_price=candidates.low,
        max_price=candidates.high,
        preferred=candidates.preferred,
        preferred_price=candidates.near,
        variation=candidates.variation,
        sort="relevance",
    )
