"""Who may see an order: its customer, whoever has its link, staff. For all others it is not there."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request

from storefront.customers.current import CurrentCustomer, staff_address
from storefront.db import ReadSession
from storefront.errors import NotFound
from storefront.orders import links, queries
from storefront.orders.shapes import Order
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
    """The order, where the one who asks may see it. Seven statements. Raises NotFound (404)."""
    cookies.depends_on_visitor(request)
    signer: Signer = request.state.signer
    found = await queries.order(session, number)
    is_theirs = customer_id is not None and customer_id == found.customer_id
    if is_theirs or links.opens(signer, number, key) or await staff_address(request):
        return found
    raise NotFound(f"There is no order {number}.")


async def visible_order(
    request: Request,
    session: Reads,
    customer_id: CurrentCustomer,
    number: NumberInPath,
    key: KeyInQuery = None,
) -> Order:
    """What a route asks for that shows one order."""
    return await order_for(request, session, number, key=key, customer_id=customer_id)


VisibleOrder = Annotated[Order, Depends(visible_order)]
