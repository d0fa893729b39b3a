"""The wishlist as a page, the heart that changes it, and the page that others see by its link."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, Field

from storefront.cart.owner import ReadingOwner, WritingOwner
from storefront.catalog import bounds
from storefront.catalog.tiles import tile
from storefront.search.read_model.store import ReadModel
from storefront.texts import _
from storefront.web import cookies, render
from storefront.web.deps import Reads, Writes
from storefront.web.forms import Form, done
from storefront.wishlist import queries, reading, service
from storefront.wishlist.api import ProductId

router = APIRouter(include_in_schema=False)


class SizeForm(BaseModel):
    """The size that the person wants; none for no particular one."""

    sku: Annotated[str | None, Field(max_length=bounds.MOST_CHARACTERS)] = None


@router.get("/wishlist", name="wishlist")
async def wishlist_page(request: Request, session: Reads, owner: ReadingOwner) -> Response:
    """What was saved, the newest first, and what has changed since. Four statements."""
    model: ReadModel = request.state.read_model
    found = await reading.wishlist(session, model, owner)
    return render.page(
        request,
        "wishlist/wishlist.html",
        saved=found.saved,
        gone=found.gone,
        is_guest=owner.customer_id is None,
        link=await queries.link(session, owner),
        tile=tile,
        popular=[] if found.saved else await model.popular(),
    )


@router.get("/wishlist/products", name="wishlist_products")
async def saved_products(session: Reads, owner: ReadingOwner) -> Response:
    """The numbers of what was saved, for the hearts of a page that is the same for everybody."""
    return JSONResponse([str(one) for one in await queries.product_ids(session, owner)])


@router.post("/wishlist/share", name="share_wishlist")
async def share(request: Request, session: Writes, owner: WritingOwner) -> Response:
    """Make a link by which others see it."""
    await service.share(session, owner)
    to = f"{request.url_for('wishlist').path}#share"
    return done(request, to=to, message=_("Everyone with the link can see your wishlist."))


@router.post("/wishlist/share/stop", name="stop_sharing_wishlist")
async def stop_sharing(request: Request, session: Writes, owner: WritingOwner) -> Response:
    """Withdraw that link."""
    await service.withdraw(session, owner)
    message = _("The link no longer works.")
    return done(request, to=request.url_for("wishlist").path, message=message)


@router.post("/wishlist/{product_id}", name="wishlist_toggle")
async def toggle(
    request: Request, session: Writes, owner: WritingOwner, product_id: ProductId
) -> Response:
    """Save a product, or remove it. Scripts get the new state, others the wishlist."""
    is_saved = await service.toggle(session, owner, product_id)
    if render.is_htmx(request):
        return HTMLResponse("saved" if is_saved else "removed")
    message = _("It is on your wishlist.") if is_saved else _("It is no longer on your wishlist.")
    return done(request, to=request.url_for("wishlist").path, message=message)


@router.post("/wishlist/{product_id}/size", name="wishlist_size")
async def choose_size(
    request: Request, session: Writes, owner: WritingOwner, product_id: ProductId
) -> Response:
    """Note the size that the person wants."""
    form = await Form.read(request, SizeForm)
    sku = form.data.sku if form.data is not None else None
    await service.choose_size(session, owner, product_id, sku)
    message = _("Your size is saved.")
    return done(request, to=request.url_for("wishlist").path, message=message)


@router.get("/wishlists/{token}", name="shared_wishlist")
async def shared(request: Request, session: Reads, token: str) -> Response:
    """Somebody's wishlist, for everyone with the link: to look at, and to take from. Four statements."""
    cookies.depends_on_visitor(request)  # it can be withdrawn: no cache may go on showing it
    owner = await queries.owner_of(session, token)
    found = await reading.wishlist(session, request.state.read_model, owner)
    return render.page(request, "wishlist/shared.html", saved=found.saved, tile=tile)
