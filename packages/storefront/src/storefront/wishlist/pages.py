"""The wishlist as a page, and the heart that changes it."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from storefront.cart.owner import ReadingOwner, WritingOwner
from storefront.catalog.tiles import tile
from storefront.search.read_model.store import ReadModel
from storefront.web import render
from storefront.web.deps import Reads, Writes
from storefront.web.forms import done
from storefront.wishlist import queries, service
from storefront.wishlist.api import ProductId

router = APIRouter(include_in_schema=False)


@router.get("/wishlist", name="wishlist")
async def wishlist_page(request: Request, session: Reads, owner: ReadingOwner) -> Response:
    """What was saved, the newest first; what is no longer sold is left out. Two statements."""
    ids = await queries.product_ids(session, owner)
    model: ReadModel = request.state.read_model
    saved = list((await model.cards(ids)).values())
    return render.page(
        request,
        "wishlist/wishlist.html",
        cards=saved,
        gone=len(ids) - len(saved),
        is_guest=owner.customer_id is None,
        tile=tile,
        popular=[] if saved else await model.popular(),
    )


@router.get("/wishlist/products", name="wishlist_products")
async def saved_products(session: Reads, owner: ReadingOwner) -> Response:
    """The numbers of what was saved, for the hearts of a page that is the same for everybody."""
    return JSONResponse([str(one) for one in await queries.product_ids(session, owner)])


@router.post("/wishlist/{product_id}", name="wishlist_toggle")
async def toggle(
    request: Request, session: Writes, owner: WritingOwner, product_id: ProductId
) -> Response:
    """Save a product, or remove it. Scripts get the new state, others the wishlist."""
    is_saved = await service.toggle(session, owner, product_id)
    if render.is_htmx(request):
        return HTMLResponse("saved" if is_saved else "removed")
    message = "It is on your wishlist." if is_saved else "It is no longer on your wishlist."
    return done(request, to=request.url_for("wishlist").path, message=message)
