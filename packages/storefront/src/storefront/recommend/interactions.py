"""What the sender of a request has looked at, saved and bought."""

from fastapi import Request

from storefront.cart.owner import reading_owner
from storefront.customers.current import COOKIE as SESSION
from storefront.customers.current import current_customer
from storefront.db import Database
from storefront.orders import queries as orders
from storefront.recommend.taste import Interaction
from storefront.web import cookies, viewed
from storefront.web.deps import person
from storefront.web.visitor import COOKIE as VISITOR
from storefront.web.visitor import Visitor
from storefront.wishlist import queries as wishlist

_MOST = 24  # of each sort; what came before hardly counts


async def interactions(request: Request) -> list[Interaction]:
    """All of it, the latest of each sort first. Nothing is stored for it.

    What was looked at is in the browser, and deleted with the page of recently viewed products; what was
    saved is the wishlist, what was bought the account's orders. No statement if they only looked around,
    three at most.
    """
    found = [Interaction(one, "looked at", age) for age, one in enumerate(viewed.viewed(request))]
    is_known = any(cookies.received(request, name) for name in (VISITOR, SESSION))
    if not is_known and person(request) is None:
        return found
    owner = await reading_owner(Visitor(request), await current_customer(request))
    database: Database = request.state.database
    async with database.reads() as session:
        saved = await wishlist.product_ids(session, owner)
        bought = (
            await orders.bought(session, owner.customer_id, most=_MOST)
            if owner.customer_id is not None
            else []
        )
    found += [Interaction(one, "saved", age) for age, one in enumerate(saved[:_MOST])]
    return found + [Interaction(one, "bought", age) for age, one in enumerate(bought)]
