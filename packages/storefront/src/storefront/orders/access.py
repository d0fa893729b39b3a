"""Access to orders: for the customer, anyone with the link, and staff. For all others it is a 404."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request

from storefront.customers.current import CurrentCustomer
from storefront.db import ReadSession
from storefront.errors import NotFound
from storefront.orders import links, queries
from storefront.orders.shapes import Order
from storefront.staff import current as staff
from storefront.staff.rights import Right
from storefront.web import cookies
from storefront.web.deps import Reads
from storefront.web.signing import Signer

NumberInPath = Annotated[
    str, Path(min_length=1, max_length=20, description="The order's number, such as K7QF-3M2D.")
]
KeyInQuery = Annotated[
    str | None, Query(max_length=200, description="The key of the order's link, for guests.")
]


async def order_for(
    request: Request,
    session: ReadSession,
    number: str,
    *,
    key: str | None,
    customer_id: int | None,
) -> Order:
    """The order, if the caller may see it. Seven statements, for staff two more.

    Staff see all orders; changing one requires the permission to process orders. Raises NotFound (404),
    RightMissing (403).
    """
    cookies.depends_on_visitor(request)
    signer: Signer = request.state.signer
    found = await queries.order(session, number)
    is_theirs = customer_id is not None and customer_id == found.customer_id
    if is_theirs or links.opens(signer, number, key):
        return found
    member = await staff.member_of_staff(request)
    if member is None:
        raise NotFound(f"There is no order {number}.")
    staff.check(member, Right.READ if request.method in ("GET", "HEAD") else Right.ORDERS)
    return found


async def visible_order(
    request: Request,
    session: Reads,
    customer_id: CurrentCustomer,
    number: NumberInPath,
    key: KeyInQuery = None,
) -> Order:
    """The dependencies of a route that shows one order."""
    return await order_for(request, session, number, key=key, customer_id=customer_id)


VisibleOrder = Annotated[Order, Depends(visible_order)]
