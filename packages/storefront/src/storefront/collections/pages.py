"""Pages of collections: all that are shown, and each as a full listing."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from storefront.background import Recent
from storefront.catalog.tiles import pictured_first
from storefront.collections.queries import Collection, Words, shown
from storefront.collections.rules import scope_of
from storefront.errors import NotFound
from storefront.redirects.addresses import with_query
from storefront.search import sitemap
from storefront.search.criteria import Criteria
from storefront.search.pages import listing_of
from storefront.search.read_model.store import ReadModel
from storefront.texts import _, current, languages
from storefront.web import render
from storefront.web.markdown import html_of

router = APIRouter(include_in_schema=False)

_LOOKED_AT = 24  # of which those with a photograph stand for all
_PICTURES = 3


@dataclass(frozen=True, slots=True)
class ShownCollection:
    """A collection as pages show it: in the language that is spoken.

    products: some of it, for their pictures; that whose picture stands for all comes first.
    """

    collection: Collection
    words: Words
    products: Sequence[dict[str, Any]]


@router.get("/collections", name="collections")
async def collections_page(request: Request) -> Response:
    """Every collection that is shown, with a picture; those without products are left out.

    Three statements at most.
    """
    found = await with_pictures(request, await shown_collections(request))
    return render.page(
        request, "collections/index.html", found=[one for one in found if one.products]
    )


@router.get("/collections/{slug}", name="collection")
async def collection_page(request: Request, slug: str) -> Response:
    """A collection as a listing: filters, order and page are in the address. Five statements at most."""
    if slug != slug.lower():
        collection = await collection_of(request, slug.lower())
        here = request.url_for("collection", slug=collection.slug).path
        return RedirectResponse(with_query(here, request.url.query), status_code=301)
    collection = await collection_of(request, slug)
    words = words_of(request, collection)
    return await listing_of(
        request,
        await scope_of(collection.choice, request.state.search),
        template="collections/collection.html",
        here=request.url_for("collection", slug=slug).path,
        heading=words.title,
        description=html_of(words.description),
    )


@router.get("/sitemaps/collections.xml", name="sitemap_collections")
async def collections_sitemap(request: Request) -> Response:
    """The addresses of all that is shown. One statement at most."""
    paths = [one.path for one in await shown_collections(request)]
    return sitemap.pages_xml(request, ["/collections", *paths])


async def shown_collections(request: Request) -> list[Collection]:
    """Those that visitors see now, in order. One statement every ten seconds."""
    known: Recent[list[Collection]] = request.state.collections
    return shown(await known.get())


async def collection_of(request: Request, slug: str) -> Collection:
    """A collection that visitors see. Raises NotFound (404)."""
    for one in await shown_collections(request):
        if one.slug == slug:
            return one
    raise NotFound(_("There is no collection %(name)s.", name=slug))


def words_of(request: Request, collection: Collection) -> Words:
    """What it says in the language that is spoken, or the shop's own."""
    own = languages(request.state.settings.locale)[0].code
    return collection.words(current().code, own)


async def with_pictures(request: Request, every: Sequence[Collection]) -> list[ShownCollection]:
    """Collections with their first products, for pictures. Two statements at most."""
    model: ReadModel = request.state.read_model
    scopes = [await scope_of(one.choice, request.state.search) for one in every]
    firsts = await model.first_cards([Criteria(scope=scope) for scope in scopes], limit=_LOOKED_AT)
    chosen = await model.cards(
        [one.picture_product_id for one in every if one.picture_product_id is not None]
    )
    found = []
    for one, cards in zip(every, firsts, strict=True):
        own = chosen.get(one.picture_product_id) if one.picture_product_id else None
        first = dict.fromkeys([*([own] if own else ()), *pictured_first(cards, _PICTURES)])
        products = [json.loads(card) for card in first][:_PICTURES]
        found.append(ShownCollection(one, words_of(request, one), products))
    return found
