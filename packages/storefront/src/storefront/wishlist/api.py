"""The wishlist as JSON. Every change answers the whole wishlist."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field

from storefront.cart.owner import ReadingOwner, WritingOwner
from storefront.cart.service import Owner
from storefront.catalog import bounds
from storefront.catalog.api import Product
from storefront.db import ReadSession
from storefront.request_model import Id, RequestModel
from storefront.settings import Settings
from storefront.web import problems
from storefront.web.deps import Reads, Writes
from storefront.wishlist import queries, reading, service
from storefront.wishlist.reading import Saved, Stock

router = APIRouter(prefix="/api/v1", tags=["wishlist"], responses=problems.responses(404, 422, 503))

ProductId = Annotated[Id, Path(description="The product's number.")]


class Item(BaseModel):
    """A product that was saved, and what has changed since.

    saved_price_minor, price_change_minor: null for what was saved before the shop noted prices; the
    change is negative where it costs less now. sku, size: the size that was chosen, if any. stock: of
    that size, else of the product; back: it was sold out when it was saved.
    """

    product_id: str
    saved_at: datetime
    saved_price_minor: int | None
    price_change_minor: int | None
    currency: str
    sku: str | None
    size: str | None
    stock: Stock


class Wishlist(BaseModel):
    """What was saved, the newest first; what is no longer sold is left out.

    share_url: the page by which others see it; null while it is not shared.
    """

    products: list[Product]
    items: list[Item]
    share_url: str | None


class SharedItem(BaseModel):
    """A product of somebody's wishlist. size: the one that they want, if they chose one."""

    product_id: str
    sku: str | None
    size: str | None
    stock: Stock


class SharedWishlist(BaseModel):
    """Somebody's wishlist, to look at."""

    products: list[Product]
    items: list[SharedItem]


class ChosenSize(RequestModel):
    """The size that is wanted, by its SKU; null for no particular one."""

    sku: Annotated[str | None, Field(max_length=bounds.MOST_CHARACTERS)]


@router.get("/wishlist", name="api_wishlist")
async def wishlist(request: Request, session: Reads, owner: ReadingOwner) -> Wishlist:
    """The visitor's wishlist; an empty one where nothing was saved."""
    return await _answer(request, session, owner)


@router.post("/wishlist-link", name="api_share_wishlist", status_code=201)
async def share(request: Request, session: Writes, owner: WritingOwner) -> Wishlist:
    """Share it by a link; shared already, the link stays the same."""
    await service.share(session, owner)
    return await _answer(request, session, owner)


@router.delete("/wishlist-link", name="api_stop_sharing_wishlist")
async def stop_sharing(request: Request, session: Writes, owner: WritingOwner) -> Wishlist:
    """Withdraw the link: it never works again."""
    await service.withdraw(session, owner)
    return await _answer(request, session, owner)


@router.put("/wishlist/{product_id}", name="api_save_product")
async def save(
    request: Request, session: Writes, owner: WritingOwner, product_id: ProductId
) -> Wishlist:
    """Save a product; saved again, nothing changes."""
    await service.add(session, owner, product_id)
    return await _answer(request, session, owner)


@router.put("/wishlist/{product_id}/size", name="api_choose_wishlist_size")
async def choose_size(
    request: Request,
    session: Writes,
    owner: WritingOwner,
    product_id: ProductId,
    chosen: ChosenSize,
) -> Wishlist:
    """Note the size that is wanted of a saved product."""
    await service.choose_size(session, owner, product_id, chosen.sku)
    return await _answer(request, session, owner)


@router.delete("/wishlist/{product_id}", name="api_unsave_product")
async def unsave(
    request: Request, session: Writes, owner: WritingOwner, product_id: ProductId
) -> Wishlist:
    """Remove a product; one that is not saved is no error."""
    await service.remove(session, owner, product_id)
    return await _answer(request, session, owner)


@router.get("/wishlists/{token}", name="api_shared_wishlist")
async def shared(
    request: Request,
    session: Reads,
    token: Annotated[str, Path(max_length=100, description="From the link that was shared.")],
) -> SharedWishlist:
    """Somebody's wishlist, for everyone with its link."""
    owner = await queries.owner_of(session, token)
    found = await reading.wishlist(session, request.state.read_model, owner)
    return SharedWishlist(
        products=_products(found.saved),
        items=[
            SharedItem(
                product_id=str(one.product_id),
                sku=one.size.sku if one.size else None,
                size=one.size.label if one.size else None,
                stock=one.stock,
            )
            for one in found.saved
        ],
    )


async def _answer(request: Request, session: ReadSession, owner: Owner) -> Wishlist:
    found = await reading.wishlist(session, request.state.read_model, owner)
    token = await queries.link(session, owner)
    settings: Settings = request.state.settings
    return Wishlist(
        products=_products(found.saved),
        items=[_item(one) for one in found.saved],
        share_url=f"{settings.public_url}/wishlists/{token}" if token else None,
    )


def _products(saved: Sequence[Saved]) -> list[Product]:
    return [Product.model_validate(one.product) for one in saved]


def _item(one: Saved) -> Item:
    return Item(
        product_id=str(one.product_id),
        saved_at=one.added_at,
        saved_price_minor=one.saved_price.minor if one.saved_price else None,
        price_change_minor=one.price_change.minor if one.price_change is not None else None,
        currency=one.product["currency"],
        sku=one.size.sku if one.size else None,
        size=one.size.label if one.size else None,
        stock=one.stock,
    )
