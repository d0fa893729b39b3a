"""Past returns of the demo shoppers: refunded, exchanged, on their way and waiting to be inspected.

Which reason and which outcome follow from the order's position, so that every kind of them is there.
"""

from uuid import uuid4

from storefront.db import Database
from storefront.idempotency.service import KeyedRequest
from storefront.orders import queries as orders
from storefront.payments.provider import PaymentProvider
from storefront.pricing import codes
from storefront.returns import queries, requests, service
from storefront.returns.offers import offered_of
from storefront.returns.replacements import Wanted
from storefront.returns.rules import Reason, Terms
from storefront.returns.service import Verdict

_REASONS: tuple[Reason, ...] = ("too_small", "too_large", "colour", "quality", "changed_mind")
_STAFF = "shop"
_TERMS = Terms(
    days=30,
    days_by_category={},
    sealed=[],
    is_approved_at_once=True,
    exchanges_ship="received",
    has_delivery=True,
    arrive_days=30,
)


async def bring_back(
    database: Database, provider: PaymentProvider, number: str, position: int, fate: str
) -> None:
    """Return the first piece of a delivered order, as far as its fate says.

    A piece that is to be exchanged for a size that is not in stock is refunded. Some 60 statements.
    """
    async with database.reads() as session:
        order = await orders.order(session, number)
        first = (await offered_of(session, order, _TERMS))[0]
    size = next((one.sku for one in first.alternatives if one.colour == first.line.colour), None)
    is_exchange = fate == "exchanged" and size is not None
    wanted = Wanted(
        first.line.state.id,
        1,
        _REASONS[position % len(_REASONS)],
        "exchange" if is_exchange else "gift_card" if position % 2 else "payment",
        new_sku=size if is_exchange else None,
        is_unopened=True,
    )
    if not first.found.pieces:
        return
    requested = await requests.request(
        database,
        provider,
        number,
        [wanted],
        terms=_TERMS,
        keyed=KeyedRequest(f"return {number}", uuid4().hex, b""),
        actor="customer",
        return_url=lambda _number: "/",
    )
    if fate == "returning":
        return
    async with database.writes() as session:
        found = await queries.one(session, requested.number)
        [line] = found.lines
        await service.receive(session, found.number, {line.id: 1}, _TERMS, actor=_STAFF)
        if fate == "received":
            return
        verdict = {line.id: Verdict(1, "as_new", "restock")}
        await service.inspect(session, found.number, verdict, staff_note=None, actor=_STAFF)
        await service.complete(
            session,
            found.number,
            _TERMS,
            gift_card_code=lambda _number: codes.new_code(),
            actor=_STAFF,
        )
