"""Finds recommendations in the read model."""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from pyroaring import BitMap64

from storefront.catalog.category_paths import is_within
from storefront.db import Database
from storefront.insight import queries as insight
from storefront.recommend import outfits, similarity
from storefront.recommend import taste as tastes
from storefront.recommend.candidates import Candidates, Product
from storefront.recommend.taste import Interaction, Taste
from storefront.search.criteria import Criteria
from storefront.search.read_model.store import ReadModel
from storefront.texts import _
from storefront.vision.index import VectorIndex
from storefront.vision.vector_reader import VectorReader

_LOOK_ALIKES = 60  # whose colours are compared, too
_EXTRA = 12  # more than are shown: some are colourways of one style
_TRIED = 20  # of each slot of an outfit: some clash with what was chosen before


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
    together: list[Recommendation]


async def shelves(
    model: ReadModel, vectors: VectorReader, database: Database, product_id: int, *, limit: int
) -> Shelves:
    """Similar products, an outfit, and what was bought with it. Seven statements at most.

    Raises NotFound (404).
    """
    product = await _product(model, product_id)
    return Shelves(
        product,
        await _similar(model, vectors, product, limit),
        await _look(model, product, limit),
        await _together(model, database, product_id, limit),
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


async def for_you(
    model: ReadModel,
    vectors: VectorReader,
    interactions: Sequence[Interaction],
    *,
    limit: int,
    without: Sequence[str] = (),
) -> list[Recommendation]:
    """What somebody with these interactions may like: new to them, each with the reason.

    By the pictures; where there are no vectors, by kinds and colours. What is popular among what suits
    them fills up what is missing. Empty without any interaction. Five statements at most.

    without: categories that are left out, and what was done with their products.
    """
    cards = await model.cards(list(dict.fromkeys(one.product_id for one in interactions)))
    known = {one: json.loads(card) for one, card in cards.items()}
    products = {
        one: known[one] for one in known if not is_within(known[one]["category_path"], without)
    }
    if not products:
        return []
    index = await vectors.products()
    liked = tastes.tastes(interactions, products, index.vector)
    found = await _tasteful(model, index, liked, products, limit) if liked else []
    found = [one for one in found if not is_within(one.product["category_path"], without)]
    if len(found) < limit:
        shown = {*(one.product["style_id"] for one in found), *_styles(products.values())}
        like = replace(_like(list(products.values())), excluded={"category": without})
        [others] = await model.first_cards([like], limit=4 * limit)
        for other in map(json.loads, others):
            if other["style_id"] not in shown:
                shown.add(other["style_id"])
                found.append(Recommendation(other, _("Like what you looked at")))
    return found[:limit]


async def bought_together(
    model: ReadModel, database: Database, product_id: int, *, limit: int
) -> list[Recommendation]:
    """Products that were bought with this one, the best first. Three statements at most.

    Raises NotFound (404).
    """
    await _product(model, product_id)
    return await _together(model, database, product_id, limit)


async def trending(model: ReadModel, product_ids: Sequence[int], *, limit: int) -> list[str]:
    """The cards of trending products that can be bought; empty where none trends.

    One statement, or none.
    """
    cards = (await model.cards(product_ids[: 2 * limit])).values()
    return [card for card in cards if "sold-out" not in json.loads(card)["badges"]][:limit]


async def _together(
    model: ReadModel, database: Database, product_id: int, limit: int
) -> list[Recommendation]:
    others = await insight.bought_together(database, product_id)
    cards = await model.cards(others) if others else {}
    return with_reason(list(cards.values())[:limit], _("Often bought with it"))


def with_reason(cards: Sequence[str], reason: str) -> list[Recommendation]:
    """Products that are all recommended for one reason."""
    return [Recommendation(json.loads(card), reason) for card in cards]


async def _tasteful(
    model: ReadModel,
    index: VectorIndex,
    liked: Sequence[Taste],
    products: Mapping[int, Product],
    limit: int,
) -> list[Recommendation]:
    """The products nearest to each taste, in turns; a stronger taste has more of them.

    Each is for whom the products of its own kind are for: looking at boys' shirts and women's heels is
    no reason to be shown heels for boys.
    """
    among = index.product_ids - BitMap64(products)
    suiting = {
        genders: await model.product_ids(Criteria(filters={"gender": genders}), among=among)
        for genders in {taste.genders for taste in liked}
    }
    near = [
        await asyncio.to_thread(
            index.nearest, taste.vector, suiting[taste.genders], limit=limit + _EXTRA
        )
        for taste in liked
    ]
    cards = await model.cards(list({one.product_id for of_taste in near for one in of_taste}))
    known = _styles(products.values())
    turns: list[list[Recommendation]] = []
    for taste, of_taste, share in zip(liked, near, tastes.shares(liked, limit), strict=True):
        turn: list[Recommendation] = []
        for neighbour in of_taste:
            card = cards.get(neighbour.product_id)
            if card is None or len(turn) == share:
                continue
            other = json.loads(card)
            if other["style_id"] not in known:
                known.add(other["style_id"])
                score = round(max(neighbour.similarity, 0.0), 3)
                turn.append(Recommendation(other, taste.reason, score))
        turns.append(turn)
    return [one for round_ in zip_longest(*turns) for one in round_ if one is not None][:limit]


def _styles(products: Iterable[Product]) -> set[str]:
    return {one["style_id"] for one in products}


def _like(products: Sequence[Product]) -> Criteria:
    """Products for the same people; those of the kinds and colours of these come first, then popular
    ones."""
    kinds = dict.fromkeys(one["category_path"] for one in products)
    colours = dict.fromkeys(one["base_color"] for one in products if one["base_color"])
    return Criteria(
        filters={"gender": tastes.genders(products)},
        preferred={"base_color": list(colours)},
        meant=tuple(kinds),
        sort="relevance",
    )


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
    """Products of its kind, gender and price range that look like it, one of each style."""
    index = await vectors.products()
    vector = index.vector(int(product["product_id"]))
    if vector is None:
        return []
    near_its_price = similarity.similar(product)[0]
    matches = await model.product_ids(_criteria(near_its_price), among=index.product_ids)
    near = await asyncio.to_thread(index.nearest, vector, matches, limit=limit + _LOOK_ALIKES)
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
    found = await model.first_cards(list(map(_criteria, candidates)), limit=_TRIED)
    look: list[Recommendation] = []
    for cards in found:
        for other in map(json.loads, cards):
            if all(outfits.goes_together(other, one.product) for one in look):
                look.append(Recommendation(other, outfits.reason(product, other)))
                break
    return look[:limit]


def _criteria(candidates: Candidates) -> Criteria:
    return Criteria(
        filters=candidates.filters,
        excluded=candidates.excluded,
        min_price=candidates.low,
        max_price=candidates.high,
        preferred=candidates.preferred,
        preferred_price=candidates.near,
        variation=candidates.variation,
        sort="relevance",
    )
