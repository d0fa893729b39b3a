"""Orders as pages: one page for confirmation and detail, the customer's list, the look-up for guests."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, EmailStr, Field

from storefront.customers.current import CurrentCustomer, SignedIn
from storefront.errors import NotFound, StoreError
from storefront.orders import access, lifecycle, links, queries
from storefront.orders.access import KeyInQuery, NumberInPath
from storefront.orders.amounts import figures
from storefront.orders.shapes import Filter, number_in
from storefront.rate_limits.limits import LOOK_UPS
from storefront.request_model import Id
from storefront.texts import _
from storefront.web import forms, render
from storefront.web.deps import Reads, Writes
from storefront.web.flash import flash
from storefront.web.forms import Form
from storefront.web.signing import Signer

router = APIRouter(include_in_schema=False)

_PER_PAGE = 20


class LookUp(BaseModel):
    """What a guest knows about an order."""

    number: Annotated[str, Field(min_length=1, max_length=20)]
    email: EmailStr


# Before /orders/{number}, which would take this for a number.
@router.get("/orders/lookup", name="look_up_order")
async def look_up_page(request: Request) -> Response:
    """The form with which guests find an order by its number and e-mail address."""
    form = Form[LookUp].showing()
    return render.page(request, "orders/lookup.html", form=form)


@router.post("/orders/lookup", name="looked_up_order", dependencies=[LOOK_UPS])
async def look_up(request: Request, session: Reads) -> Response:
    """Redirect to the link of the order with this number and e-mail address."""
    form = await Form.read(request, LookUp)
    if form.data is not None:
        number = number_in(form.data.number)
        if await queries.is_of(session, number, form.data.email):
            signer: Signer = request.state.signer
            return forms.done(request, to=links.path_of(signer, number))
        form.refuse("", _("There is no order of this number and e-mail address."))
    return forms.again(request, "orders/lookup.html", form)


@router.get("/orders/{number}", name="order")
async def order_page(
    request: Request,
    session: Reads,
    customer_id: CurrentCustomer,
    number: NumberInPath,
    key: KeyInQuery = None,
) -> Response:
    """An order: products, delivery status, payment. Also the page after the checkout.

    Guests can sign in here, or find the order by its e-mail address.
    """
    try:
        found = await access.order_for(request, session, number, key=key, customer_id=customer_id)
    except NotFound:
        if customer_id is not None:
            raise
        form: Form[LookUp] = Form({"number": number})
        return render.page(request, "orders/lookup.html", form=form, status=404)
    return render.page(request, "orders/order.html", order=found, figures=figures(found), key=key)


@router.post("/orders/{number}/cancel", name="cancel_order")
async def cancel(
    request: Request,
    session: Writes,
    customer_id: CurrentCustomer,
    number: NumberInPath,
    key: KeyInQuery = None,
) -> Response:
    """Cancel an order of which nothing was shipped; idempotent."""
    await access.order_for(request, session, number, key=key, customer_id=customer_id)
    back = request.url_for("order", number=number).path + render.query_string(
        [("key", key)] if key else []
    )
    try:
        await lifecycle.cancel(session, number, actor="customer")
    except StoreError as problem:
        flash(request, problem.detail)
        return forms.done(request, to=back)
    return forms.done(request, to=back, message=_("Your order is cancelled."))


@router.get("/account/orders", name="my_orders")
async def my_orders(
    request: Request,
    session: Reads,
    customer_id: SignedIn,
    before: Id | None = None,
) -> Response:
    """The signed-in customer's orders, newest first."""
    which = Filter(customer_id=customer_id)
    page = await queries.page(session, which, most=_PER_PAGE, before=before)
    return render.page(request, "orders/list.html", page=page)
