"""Collections as JSON, and the products of each."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from storefront.collections.pages import (
    ShownCollection,
    collection_of,
    shown_collections,
    with_pictures,
)
from storefront.collections.rules import scope_of
from storefront.search.api import LISTING_PARAMETERS, ProductList, ReadListingQuery, list_response
from storefront.web import problems

router = APIRouter(
    prefix="/api/v1/collections", tags=["collections"], responses=problems.responses(503)
)


class Collection(BaseModel):
    """A collection. description: Markdown; image_url: of the product whose picture stands for it."""

    slug: str
    title: str
    description: Annotated[str, Field(description="Markdown.")]
    image_url: str | None
    url: str
    ends_at: datetime | None


@router.get("", name="api_collections")
async def collections(request: Request) -> list[Collection]:
    """The collections that are shown now, in order."""
    every = await with_pictures(request, await shown_collections(request))
    return [_collection(request, one) for one in every]


@router.get("/{slug}", name="api_collection", responses=problems.responses(404))
async def collection(request: Request, slug: str) -> Collection:
    """A collection."""
    [found] = await with_pictures(request, [await collection_of(request, slug)])
    return _collection(request, found)


@router.get(
    "/{slug}/products",
    name="api_collection_products",
    responses={200: {"model": ProductList}, **problems.responses(404, 422)},
    openapi_extra=LISTING_PARAMETERS,
)
async def collection_products(request: Request, slug: str, query: ReadListingQuery) -> Response:
    """The products of a collection, filtered, sorted and paged like ``/api/v1/products``."""
    scope = await scope_of((await collection_of(request, slug)).choice, request.state.search)
    answer = await query.answer(request.state.search, scope)
    return list_response(request, answer)


def _collection(request: Request, one: ShownCollection) -> Collection:
    return Collection(
        slug=one.collection.slug,
        title=one.words.title,
        description=one.words.description,
        image_url=one.products[0]["image_url"] if one.products else None,
        url=request.url_for("collection", slug=one.collection.slug).path,
        ends_at=one.collection.ends_at,
    )
