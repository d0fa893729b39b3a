"""Finds what looks like a photograph, among the products that a shopper's filters leave."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap64

from storefront.errors import Unavailable
from storefront.photo.hints import NEIGHBOURS, Hint, hints, looks_alike
from storefront.search.criteria import Criteria
from storefront.search.index.facets import Facets
from storefront.search.paging import ListingPage, Paging
from storefront.search.read_model.store import ReadModel
from storefront.texts import _
from storefront.vision.encoder import Encoder, Model, averaged
from storefront.vision.index import Vector, VectorIndex
from storefront.vision.photograph_reader import Photograph, PhotographReader
from storefront.vision.vector_reader import VectorReader

_ENOUGH = 12  # products that a filter of a photograph must leave; else it is only offered


class NoVectors(Unavailable):
    """The shop's own pictures are not indexed yet, so no photograph can be compared with them.

    It does so in the background after an import; ``storefront embed`` does it at once.
    """

    slug, title = "no-vectors", "The shop's pictures are not indexed yet"


@dataclass(frozen=True, slots=True)
class Found:
    """A page of products, the most similar first. similarities: by product id, 0 to 1.

    is_alike: whether anything in the shop, whatever the criteria, looks like the photograph.
    """

    page: ListingPage
    similarities: Mapping[int, float]
    is_alike: bool = True

    @property
    def products(self) -> list[dict[str, Any]]:
        """The products as the API returns them, each with its similarity."""
        return [
            product | {"similarity_score": self.similarities[int(product["product_id"])]}
            for product in self.page.products
        ]


class PhotoSearch:
    """Photographs to products. One for each process; nothing of a photograph outlives its request."""

    def __init__(
        self,
        encoder: Encoder,
        reader: PhotographReader,
        vectors: VectorReader,
        model: ReadModel,
    ) -> None:
        self._encoder = encoder
        self._reader = reader
        self._vectors = vectors
        self._model = model

    async def picture_model(self) -> Model:
        """The network in use. Raises NotOffered (501) where there is none."""
        return await asyncio.to_thread(lambda: self._encoder.model)

    async def numbers(self) -> int:
        """How many numbers a vector has. Raises NoVectors (503)."""
        numbers: int = (await self._index()).vectors.shape[1]
        return numbers

    async def check(self) -> None:
        """Load the network, if it is not loaded. Raises NotOffered (501) with the reason."""
        await asyncio.to_thread(self._encoder.check)

    async def vector(self, photograph: Photograph) -> Vector:
        """The unit vector of an uploaded photograph: of a wide one, of the place most like a product.

        Outside of the event loop; no statement but those of the vectors, for a wide one.
        Raises InvalidInput (422) for what is no picture, NotOffered (501), Unavailable (503).
        """
        await self.check()
        places = await self._reader.views(photograph)
        if len(places) == 1:
            return averaged(await asyncio.to_thread(self._encoder.embed, places[0]))
        index = await self._vectors.index()
        return await asyncio.to_thread(self._best, places, index)

    def _best(self, places: NDArray[np.uint8], index: VectorIndex) -> Vector:
        """The vector of the place whose nearest product is nearest. Looked at from closer, it alone."""
        found = self._encoder.embed(places[:, 0])
        best = max(range(len(found)), key=lambda place: _likeness(found[place], index))
        return averaged(np.stack([found[best], *self._encoder.embed(places[best, 1:])]))

    async def nearest(
        self,
        vector: Vector,
        criteria: Criteria,
        paging: Paging,
        *,
        among: Iterable[int] | None = None,
        counts_facets: bool = True,
    ) -> Found:
        """A page of the products that meet the criteria and have a picture, most similar first.

        among: product ids to choose from; None: all. counts_facets: off where nobody looks at them. The
        order of the criteria does not matter. Two statements at most. Raises NoVectors (503).
        """
        index = await self._index()
        chosen = index.product_ids if among is None else index.product_ids & BitMap64(among)
        facets = None
        if counts_facets:
            results = await self._model.matching(criteria, among=chosen)
            product_ids, facets = results.product_ids, results.facets
        else:
            product_ids = await self._model.product_ids(criteria, among=chosen)
        offset = (paging.page - 1) * paging.page_size
        neighbours = await asyncio.to_thread(
            index.nearest, vector, product_ids, offset=offset, limit=paging.page_size
        )
        cards = await self._model.cards([one.product_id for one in neighbours])
        is_last = offset + len(neighbours) >= len(product_ids)
        page = ListingPage(
            list(cards.values()),
            facets or Facets(len(product_ids)),
            paging.page,
            paging.page_size,
            next_cursor=None if is_last else str(paging.page + 1),
        )
        return Found(page, {one.product_id: round(one.similarity, 3) for one in neighbours})

    async def nearest_and_hints(
        self,
        vector: Vector,
        criteria: Criteria,
        paging: Paging,
        *,
        among: Iterable[int] | None = None,
        counts_facets: bool = True,
    ) -> tuple[Found, list[Hint]]:
        """`nearest`, and the kind and the main colour of what the same photograph shows.

        A first page that nothing restricts shows the neighbours that vote, so the hints cost no search
        and no statement of their own.
        """
        nearest = self.nearest(vector, criteria, paging, among=among, counts_facets=counts_facets)
        restricted = among is not None or criteria.narrows
        if restricted or paging.page > 1 or paging.page_size < NEIGHBOURS:
            found, (products, similarities) = await asyncio.gather(nearest, self._voters(vector))
        else:
            found = await nearest
            products = found.page.products[:NEIGHBOURS]
            similarities = [found.similarities[int(one["product_id"])] for one in products]
        found = replace(found, is_alike=looks_alike(similarities))
        return found, hints(products, similarities)

    async def _voters(self, vector: Vector) -> tuple[list[dict[str, Any]], list[float]]:
        """The nearest products of all, and how similar they are. One statement."""
        index = await self._vectors.index()
        near = await asyncio.to_thread(index.nearest, vector, limit=NEIGHBOURS)
        cards = await self._model.cards([one.product_id for one in near])
        shown = [one for one in near if one.product_id in cards]
        products = [json.loads(cards[one.product_id]) for one in shown]
        return products, [one.similarity for one in shown]

    async def filters(self, vector: Vector) -> list[Hint]:
        """The sure hints, kind before colour, as long as they leave enough products to look at.

        Three statements at most.
        """
        index = await self._vectors.index()
        chosen: list[Hint] = []
        for hint in hints(*await self._voters(vector)):
            narrowed = {one.parameter: [one.value] for one in (*chosen, hint)}
            left = await self._model.product_ids(Criteria(narrowed), among=index.product_ids)
            if hint.is_sure and len(left) >= _ENOUGH:
                chosen.append(hint)
        return chosen

    async def _index(self) -> VectorIndex:
        index = await self._vectors.index()
        if not len(index):
            raise NoVectors(
                _("The shop is still looking at its pictures. Try again in a few minutes.")
            )
        return index


def _likeness(vector: Vector, index: VectorIndex) -> float:
    return max((one.similarity for one in index.nearest(vector, limit=1)), default=0.0)
