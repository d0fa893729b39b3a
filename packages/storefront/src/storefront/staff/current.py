"""Which member of staff sends a request, and what a route of staff requires of them.

    @router.post("/{number}/cancel")
    async def cancel(request: Request, who: MayProcessOrders, …) -> Response:

Each route of staff takes one of the parameters below, and by it declares the right that it requires
(docs/decisions/0044). ``who`` is the e-mail address, for the audit log. Templates hide what a member may
not do: ``{% if request.state.member.may(Right.REFUNDS) %}``.
"""

from typing import Annotated

from fastapi import Depends, Request

from storefront.customers import security
from storefront.customers.current import (
    address_of_caller,
    has_second_factor,
    note_refusal,
    route_named,
)
from storefront.customers.second_factor import SecondFactorNeeded
from storefront.errors import NotAllowed, StoreError
from storefront.settings import Settings
from storefront.staff import queries
from storefront.staff.queries import Member
from storefront.staff.rights import Right, roles_with
from storefront.texts import _
from storefront.web import cookies


class RightMissing(NotAllowed):
    """The role of a member of staff does not include what was asked for; ``needed`` names it.

    Nothing was changed. An admin can change roles at /admin/staff.
    """

    slug, title = "right-missing", "Your role does not include this"


async def member_of_staff(request: Request) -> Member | None:
    """The member of staff who sends a request; None for everybody else.

    Those listed in ``STORE_STAFF`` are admins; the roles of others are in the table. They sign in at the
    proxy, or without one by the code of an e-mail, like customers, and a second factor where the setting
    ``STORE_STAFF_SECOND_FACTOR`` asks for it. Three statements at most.
    """
    cookies.depends_on_visitor(request)
    email = await address_of_caller(request)
    who = await member(request, email) if email is not None else None
    return who if who is not None and await has_second_factor(request) else None


async def member(request: Request, email: str) -> Member | None:
    """The member of staff with an e-mail address, which is in lower case. One statement at most."""
    settings: Settings = request.state.settings
    if email in settings.staff:
        return Member(email, "admin")
    role = await queries.role_of(request.state.database, email)
    return Member(email, role) if role is not None else None


def check(who: Member, right: Right) -> None:
    """Raises RightMissing (403) where their role does not include the right."""
    if not who.may(right):
        raise RightMissing(
            f"{who.email} may not {right}: the role of {who.role} does not include it. "
            f"It is included in: {', '.join(roles_with(right))}.",
            needed=right.name.lower(),
            role=who.role,
        )


class Requires:
    """What a route of staff declares: the right that it requires. Returns who sends the request."""

    def __init__(self, right: Right) -> None:
        self.right = right

    async def __call__(self, request: Request) -> str:
        """The e-mail address of the member of staff. What is refused and what they change is logged.

        Raises NotAllowed (403), RightMissing (403), SecondFactorNeeded (403).
        """
        who = await member_of_staff(request)
        if who is None:
            raise await _refusal(request)
        try:
            check(who, self.right)
        except RightMissing:
            await note_refusal(request, who.email)
            raise
        if request.method != "GET":
            security.note("staff-change", route=route_named(request), email=who.email)
        request.state.member = who
        return who.email


async def _refusal(request: Request) -> StoreError:
    """Why the caller may not open a staff route."""
    address = await address_of_caller(request)
    if address is not None and await member(request, address) is not None:
        return SecondFactorNeeded(_("Enter a code of your authenticator app first."))
    await note_refusal(request, address)
    if address is None:
        request.state.must_sign_in = True  # the page then leads there
        return NotAllowed(_("Sign in with the address of a member of staff."))
    return NotAllowed(_("%(address)s is not a member of staff.", address=address))


MayRead = Annotated[str, Depends(Requires(Right.READ))]
MayEditProducts = Annotated[str, Depends(Requires(Right.CATALOGUE))]
MayEditPrices = Annotated[str, Depends(Requires(Right.PRICES))]
MayAdjustStock = Annotated[str, Depends(Requires(Right.STOCK))]
MayEditCollections = Annotated[str, Depends(Requires(Right.COLLECTIONS))]
MayEditContent = Annotated[str, Depends(Requires(Right.CONTENT))]
MayEditPromotions = Annotated[str, Depends(Requires(Right.PROMOTIONS))]
MayProcessOrders = Annotated[str, Depends(Requires(Right.ORDERS))]
MayRefund = Annotated[str, Depends(Requires(Right.REFUNDS))]
MayProcessReturns = Annotated[str, Depends(Requires(Right.RETURNS))]
MayModerateReviews = Annotated[str, Depends(Requires(Right.REVIEWS))]
MayIssueGiftCards = Annotated[str, Depends(Requires(Right.GIFT_CARDS))]
MayRetryJobs = Annotated[str, Depends(Requires(Right.JOBS))]
MayManageStaff = Annotated[str, Depends(Requires(Right.STAFF))]
