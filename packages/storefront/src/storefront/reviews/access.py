"""Who may write a review: the customer of the order, or anybody with its link. Staff may not."""

from typing import Annotated

from fastapi import Depends, Path, Request

from storefront.catalog import bounds
from storefront.customers.current import CurrentCustomer
from storefront.db import ReadSession
from storefront.errors import NotFound
from storefront.orders import links
from storefront.orders.access import KeyInQuery, NumberInPath
from storefront.reviews import queries
from storefront.reviews.service import Rules, Voter
from storefront.reviews.shapes import OwnReview
from storefront.settings import Settings
from storefront.texts import _
from storefront.web import cookies
from storefront.web.deps import Reads
from storefront.web.signing import Signer
from storefront.web.visitor import CurrentVisitor

SkuInPath = Annotated[
    str,
    Path(
        min_length=1,
        max_length=bounds.MOST_CHARACTERS,
        description="The SKU of a line of the order.",
    ),
]


async def line_for(
    request: Request,
    session: ReadSession,
    number: str,
    sku: str,
    *,
    key: str | None,
    customer_id: int | None,
) -> OwnReview:
    """The line and its review, where the caller may write it. One statement. Raises NotFound (404)."""
    cookies.depends_on_visitor(request)
    signer: Signer = request.state.signer
    found = await queries.bought_line(session, number, sku)
    is_theirs = customer_id is not None and customer_id == found.line.customer_id
    if not is_theirs and not links.opens(signer, number, key):
        raise NotFound(_("There is no %(sku)s in the order %(number)s.", sku=sku, number=number))
    return found


async def own_line(
    request: Request,
    session: Reads,
    customer_id: CurrentCustomer,
    number: NumberInPath,
    sku: SkuInPath,
    key: KeyInQuery = None,
) -> OwnReview:
    """What a route asks for that shows or changes the review of a line."""
    return await line_for(request, session, number, sku, key=key, customer_id=customer_id)


def rules_of(settings: Settings) -> Rules:
    """This shop's rules for holding reviews."""
    return Rules(settings.review_words, settings.reviews_held, settings.country)


async def voter(visitor: CurrentVisitor, customer_id: CurrentCustomer) -> Voter:
    """The voter or reporter. A guest gets the visitor cookie, so that each of them votes once."""
    if customer_id is not None:
        return Voter(customer_id=customer_id)
    return Voter(visitor_id=visitor.ensure_id())


OwnLine = Annotated[OwnReview, Depends(own_line)]
CurrentVoter = Annotated[Voter, Depends(voter)]
