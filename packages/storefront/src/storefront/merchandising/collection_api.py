"""Collections as staff manage them, as JSON."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field

from storefront.backoffice.acting import act_by_api
from storefront.collections import queries
from storefront.collections.rules import Boosts, Rule
from storefront.collections.service import MOST, CollectionEdit, CollectionTexts, Wanted
from storefront.errors import InvalidInput
from storefront.merchandising.collection_changes import (
    create_collection,
    delete_collection,
    reorder_collections,
    update_collection,
)
from storefront.merchandising.collection_pages import checked_of
from storefront.orders.api import Key
from storefront.request_model import Id, RequestModel
from storefront.staff.current import MayEditCollections, MayRead
from storefront.web import problems

router = APIRouter(
    prefix="/api/v1/admin", tags=["admin"], responses=problems.responses(403, 422, 503)
)

_CHANGED = problems.responses(400, 404, 409)

IdInPath = Annotated[Id, Path(description="Its id, from the list.")]


class StaffCollection(BaseModel):
    """A collection with all that staff can change. rule: null where it is chosen by hand.

    version: names this state; send it with an edit, which is refused where somebody else was quicker.
    """

    collection_id: str
    version: str
    slug: str
    chosen_by: Literal["rule", "hand"]
    rule: Rule | None
    product_ids: list[str]
    boosts: Boosts
    texts: dict[str, CollectionTexts]
    picture_product_id: str | None
    is_shown: bool
    starts_at: datetime | None
    ends_at: datetime | None


class CreatedCollection(BaseModel):
    """The id of the new collection."""

    collection_id: str


class Order(RequestModel):
    """Ids of collections in the order wanted; others follow in theirs."""

    collection_ids: Annotated[list[Id], Field(min_length=1, max_length=MOST)]


@router.get("/collections", name="api_staff_collections")
async def collections(request: Request, _who: MayRead) -> list[StaffCollection]:
    """Every collection, in order, those too that visitors do not see. For staff."""
    return [
        StaffCollection(
            collection_id=str(one.id),
            version=one.version,
            slug=one.slug,
            chosen_by="hand" if one.choice.rule is None else "rule",
            rule=one.choice.rule,
            product_ids=[str(product_id) for product_id in one.choice.product_ids],
            boosts=one.choice.boosts,
            texts={
                code: CollectionTexts(title=words.title, description=words.description)
                for code, words in one.texts.items()
            },
            picture_product_id=str(one.picture_product_id) if one.picture_product_id else None,
            is_shown=one.is_shown,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
        )
        for one in await queries.collections(request.state.database)
    ]


@router.post(
    "/collections", name="api_staff_create_collection", status_code=201, responses=_CHANGED
)
async def create(
    request: Request, response: Response, who: MayEditCollections, wanted: Wanted, key: Key = None
) -> CreatedCollection:
    """Create a collection, after all others."""
    change = create_collection(await checked_of(request, wanted))
    collection_id = await act_by_api(request, response, change, actor=who, key=key)
    request.state.collections.invalidate()
    return CreatedCollection(collection_id=collection_id)


@router.put(
    "/collection-order", name="api_staff_order_collections", status_code=204, responses=_CHANGED
)
async def reorder(
    request: Request, response: Response, who: MayEditCollections, wanted: Order, key: Key = None
) -> None:
    """Put collections into another order."""
    change = reorder_collections(wanted.collection_ids)
    await act_by_api(request, response, change, actor=who, key=key)
    request.state.collections.invalidate()


@router.put(
    "/collections/{id}", name="api_staff_update_collection", status_code=204, responses=_CHANGED
)
async def update(
    request: Request,
    response: Response,
    who: MayEditCollections,
    id: IdInPath,
    wanted: CollectionEdit,
    key: Key = None,
) -> None:
    """Replace a collection. Where its address changes, the former one leads to the new one."""
    if wanted.collection_id not in (None, id):
        raise InvalidInput.of("collection_id", f"This is the address of collection {id}.")
    change = update_collection(id, await checked_of(request, wanted), version=wanted.version)
    await act_by_api(request, response, change, actor=who, key=key)
    request.state.collections.invalidate()


@router.delete(
    "/collections/{id}", name="api_staff_delete_collection", status_code=204, responses=_CHANGED
)
async def delete(
    request: Request, response: Response, who: MayEditCollections, id: IdInPath, key: Key = None
) -> None:
    """Delete a collection; its address answers 410 from then on."""
    await act_by_api(request, response, delete_collection(id), actor=who, key=key)
    request.state.collections.invalidate()
