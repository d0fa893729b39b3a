"""The e-mails about a return: approved, completed, rejected, cancelled."""

from typing import Any

from storefront.mail.outbox import Mail
from storefront.orders import links
from storefront.orders.shapes import Order
from storefront.returns import gift_cards
from storefront.returns.shapes import Return
from storefront.settings import Settings
from storefront.texts import N_, _, localized
from storefront.web import render
from storefront.web.signing import Signer

_SUBJECTS = {
    "approved": N_("Your return %(number)s: print the label"),
    "completed": N_("Your return %(number)s is complete"),
    "rejected": N_("Your return %(number)s was not accepted"),
    "cancelled": N_("Your return %(number)s was cancelled"),
}


def mail_of(
    order: Order,
    found: Return,
    kind: str,
    *,
    key: str,
    settings: Settings,
    signer: Signer,
) -> Mail:
    """The e-mail about the state of a return; with the code of its gift card. key: of the job."""
    subject = _(_SUBJECTS[kind], number=found.number)
    path = localized(f"/orders/{order.number}/returns/{found.number}")
    context: dict[str, Any] = {
        "order": order,
        "found": found,
        "kind": kind,
        "subject": subject,
        "settings": settings,
        "code": gift_cards.code_of(signer, found.number) if found.has_gift_card else None,
        "url": f"{settings.public_url}{path}?key={links.key_of(signer, order.number)}",
    }
    return Mail(
        to=order.summary.email,
        subject=f"{subject} · {settings.name}",
        text=render.text_of("returns/mail.txt", **context),
        html=render.text_of("returns/mail.html", **context),
        key=key,
    )
