"""The order of a bag: priced, reserved, placed; or abandoned, with everything released.

Only for ``service``, inside its transactions, with the checkout's row locked.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from pydantic import TypeAdapter
from sqlalchemy import text

from storefront.cart import queries as cart_queries
from storefront.cart import service as cart_service
from storefront.cart.queries import CartView
from storefront.checkout.queries import CheckoutRow
from storefront.checkout.results import CheckoutNotReady, Failed, Placed, PriceChanged, Result
from storefront.db import WriteSession
from storefront.errors import StoreError
from storefront.inventory import service as inventory
from storefront.inventory.service import OutOfStock, Want
from storefront.jobs import service as jobs
from storefront.orders import service as orders
from storefront.orders.service import NewLine, NewOrder, PlacedOrder
from storefront.payments import service as payments
from storefront.payments.provider import Outcome
from storefront.payments.service import PaymentRow
from storefront.pricing import service as pricing
from storefront.pricing.queries import CouponNotValid, GiftCardNotValid
from storefront.texts import _

HOLD = timedelta(minutes=15)
"""How long stock, coupon and gift cards are reserved for a payment."""

CANCEL_JOB = "payments.cancel"

DRAFT: TypeAdapter[NewOrder] = TypeAdapter(NewOrder)
"""Reads and writes the order that a payment pays for, as JSON."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What the shopper was shown: the total, and the part of it that is charged, in minor units."""

    total: int
    to_pay: int

    def check(self, draft: NewOrder) -> None:
        """Compare this with an order. Raises PriceChanged (409)."""
        totals = draft.totals
        for current, confirmed in ((totals.total, self.total), (totals.to_pay, self.to_pay)):
            if current.minor != confirmed:
                raise PriceChanged(
                    _("The total has changed. Check your order, then pay the new total."),
                    total=totals.total.minor,
                    to_pay=totals.to_pay.minor,
                    confirmed=confirmed,
                )


async def set_state(session: WriteSession, checkout_id: int, state: str) -> None:
    """Set the state of a checkout. One statement."""
    await session.execute(_SET_STATE, {"id": checkout_id, "state": state})


async def priced(session: WriteSession, found: CheckoutRow, currency: str) -> CartView:
    """The bag at current prices. Raises CheckoutNotReady and OutOfStock (409)."""
    missing = [
        name
        for name, value in (
            ("email", found.email),
            ("delivery-address", found.delivery_address),
            ("delivery-method", found.delivery_method),
        )
        if not value
    ]
    if missing:
        raise CheckoutNotReady(_("Something is still to be entered."), missing=missing)
    view = await cart_queries.cart_by_id(
        session,
        found.cart_id,
        currency=currency,
        country=found.country(""),
        now=datetime.now(UTC),
        method_code=found.delivery_method,
    )
    if not view.lines:
        raise CheckoutNotReady(_("The bag is empty."), missing=["bag"])
    if view.method is None or view.method.code != found.delivery_method:
        raise CheckoutNotReady(_("Choose another delivery."), missing=["delivery-method"])
    if short := [line for line in view.lines if not line.is_for_sale]:
        raise OutOfStock(
            _("Some pieces are no longer available."),
            short=[{"sku": line.sku, "left": line.left} for line in short],
        )
    return view


def draft(found: CheckoutRow, view: CartView) -> NewOrder:
    """The order that the bag would become now."""
    assert view.method is not None
    assert found.email is not None
    assert found.delivery_address is not None
    lines = []
    for line in view.lines:
        assert line.offer is not None
        card = line.offer.card
        lines.append(
            NewLine(
                sku_id=line.sku_id,
                sku=line.sku,
                product_id=card.id,
                slug=card.slug,
                name=card.name,
                brand=card.brand,
                colour=card.colour_name,
                size_system=line.offer.size_system,
                size_label=line.offer.size_label,
                picture=card.picture,
                list_price=card.list_price,
            )
        )
    return NewOrder(
        cart_id=found.cart_id,
        customer_id=found.customer_id,
        email=found.email,
        phone=found.phone,
        locale=found.locale,
        delivery_address=found.delivery_address,
        billing_address=found.billing_address or found.delivery_address,
        delivery_method=view.method.code,
        delivery_name=view.method.name,
        promised=view.method.arrives(datetime.now(UTC)),
        lines=lines,
        totals=view.totals,
    )


async def hold(
    session: WriteSession, draft: NewOrder, coupon_id: int | None, *, is_first: bool
) -> None:
    """Reserve stock, coupon and gift cards, all or nothing. Raises the reason (409).

    is_first: whether this is the first payment. Otherwise it may hold another coupon or other cards.
    """
    expires_at = datetime.now(UTC) + HOLD
    cart_id = draft.cart_id
    await inventory.reserve(session, _wants(draft), cart_id=cart_id, expires_at=expires_at)
    if not is_first:
        await pricing.release(session, cart_id)
    if (used_id := _used_coupon(draft, coupon_id)) is not None:
        await pricing.hold_coupon(
            session,
            used_id,
            cart_id=cart_id,
            customer_key=draft.email.lower(),
            expires_at=expires_at,
        )
    await pricing.hold_gift_cards(
        session, draft.totals.gift_cards, cart_id=cart_id, expires_at=expires_at
    )


async def place(
    session: WriteSession, found: CheckoutRow, payment: PaymentRow, outcome: Outcome
) -> Result:
    """The order of an authorized payment; if it is no longer available, the payment is cancelled."""
    draft = DRAFT.validate_python(payment.draft["order"])
    # The shopper may have signed in since the payment started.
    draft = replace(draft, customer_id=found.customer_id)
    if outcome.amount != draft.totals.to_pay or payment.amount != draft.totals.to_pay:
        problem: StoreError = payments.AmountMismatch(
            "The payment is not of the amount that the order costs.",
            authorized=outcome.amount.minor,
            total=draft.totals.to_pay.minor,
        )
        return await give_up(session, found, payment, problem)
    coupon_id = payment.draft["coupon_id"]
    if not await _is_held(session, draft, coupon_id):
        try:
            async with session.begin_nested():
                await hold(session, draft, coupon_id, is_first=False)
        except (OutOfStock, CouponNotValid, GiftCardNotValid) as problem:
            return await give_up(session, found, payment, problem)
    placed = await place_paid(session, found, draft)
    await payments.belongs_to(session, payment, placed.id)
    await payments.enqueue_capture(session, payment, key=payment.key)
    return Placed(placed.number)


async def place_paid(
    session: WriteSession, found: CheckoutRow, draft: NewOrder, *, number: str | None = None
) -> PlacedOrder:
    """Convert the reservations into an order. number: by default a new one."""
    number = number or orders.new_number()
    sold = await inventory.sell(session, cart_id=draft.cart_id, reference=number)
    assert sold == {line.sku_id: line.quantity for line in draft.totals.lines}
    if draft.totals.discounts or draft.totals.gift_cards:
        await pricing.use(session, draft.cart_id)
    placed = await orders.place(session, draft, number=number)
    await cart_service.close(session, draft.cart_id, bought=sold)
    await set_state(session, found.id, "completed")
    return placed


async def give_up(
    session: WriteSession, found: CheckoutRow, payment: PaymentRow, problem: StoreError
) -> Failed:
    """Cancel the payment and release the reservations; the caller returns this to the shopper."""
    await cancel(session, payment)
    await reopen(session, found)
    return Failed(problem)


async def cancel(session: WriteSession, payment: PaymentRow) -> None:
    """Abandon a payment. It cannot become an order any more, whatever the provider reports later."""
    await payments.mark_cancelled(session, payment.id)
    await jobs.enqueue(session, CANCEL_JOB, payment.key, {"key": payment.key})


async def reopen(session: WriteSession, found: CheckoutRow) -> None:
    """Release the reservations; the shopper can change everything again."""
    await inventory.release(session, found.cart_id)
    await pricing.release(session, found.cart_id)
    await set_state(session, found.id, "open")


async def cancel_if_second(session: WriteSession, payment: PaymentRow, outcome: Outcome) -> None:
    """Abandon a second payment of a bag that has become an order."""
    if payment.order_id is None and outcome.state in ("authorized", "captured"):
        await cancel(session, payment)


async def _is_held(session: WriteSession, draft: NewOrder, coupon_id: int | None) -> bool:
    """Whether everything reserved for the payment still is; the reservation may have expired."""
    return await inventory.holds(
        session, _wants(draft), cart_id=draft.cart_id
    ) and await pricing.holds(
        session,
        draft.cart_id,
        coupon_id=_used_coupon(draft, coupon_id),
        amounts=draft.totals.gift_cards,
    )


def _wants(draft: NewOrder) -> list[Want]:
    return [Want(line.sku_id, line.quantity) for line in draft.totals.lines]


def _used_coupon(draft: NewOrder, coupon_id: int | None) -> int | None:
    """The coupon of the bag, if it reduces the price."""
    return coupon_id if any(one.code for one in draft.totals.discounts) else None


_SET_STATE = text("update shop.checkouts set state = :state, updated_at = now() where id = :id")
