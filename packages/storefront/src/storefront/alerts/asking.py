"""Who asks for an alert: a customer with the address that they signed in with, or anybody who types one.

And whose an alert is.
"""

from fastapi import Request

from storefront.alerts import queries
from storefront.alerts.queries import Alert
from storefront.alerts.service import Asker
from storefront.customers import queries as customers
from storefront.customers.addresses import normalized_email
from storefront.customers.current import ensured_customer
from storefront.db import ReadSession
from storefront.errors import InvalidInput, NotFound
from storefront.texts import _


async def own_email(request: Request, session: ReadSession) -> str | None:
    """The address of the signed-in customer; None for guests. Two statements at most."""
    customer_id = await ensured_customer(request)
    return (await customers.customer(session, customer_id)).email if customer_id else None


async def asker(request: Request, session: ReadSession, typed: str | None) -> Asker:
    """Who asks. typed: an e-mail address; None for the customer's own. Two statements at most.

    Raises InvalidInput (422) for an invalid address, and for a guest without one.
    """
    own = await own_email(request, session)
    if typed is None and own is not None:
        return Asker(own, is_owner=True)
    if typed is None:
        mistake = {"pointer": "#/email", "detail": _("Enter an e-mail address, or sign in.")}
        raise InvalidInput(
            _("Where should we send the e-mail? Enter an address, or sign in."), errors=[mistake]
        )
    email = normalized_email(typed)
    return Asker(email, is_owner=email == own)


async def own_alerts(session: ReadSession, customer_id: int) -> list[Alert]:
    """The alerts of a customer's address, newest first. Two statements."""
    who = await customers.customer(session, customer_id)
    return await queries.of_email(session, who.email)


async def check_own(session: ReadSession, customer_id: int, alert_id: int) -> None:
    """Raises NotFound (404) where an alert is not this customer's. Two statements."""
    if alert_id not in {one.id for one in await own_alerts(session, customer_id)}:
        raise NotFound(f"You have no alert {alert_id}.")
