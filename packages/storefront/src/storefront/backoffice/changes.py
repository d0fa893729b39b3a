"""What staff can change, by forms and by the API alike: each change says what the audit log keeps."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from storefront.catalog import queries as catalog
from storefront.catalog import range as whole_range
from storefront.db import WriteSession
from storefront.errors import InvalidInput
from storefront.inventory import service as inventory
from storefront.money import Money
from storefront.orders import lifecycle
from storefront.orders.lifecycle import Parcel, RefundRequest
from storefront.pricing import campaigns
from storefront.pricing import service as pricing
from storefront.pricing.campaigns import NewCoupon, NewPromotion
from storefront.reviews import service as reviews

Logged = Mapping[str, Any]
"""What the audit log stores of a change: what there is after it."""


@dataclass(frozen=True, slots=True)
class Edited:
    """What the audit log stores of an edit: the values that changed, before and after it.

    before: None where there was nothing. entity_id: the name of what was edited, where only the edit
    gave it one. created: the id of what is new, where that is another one.
    """

    before: Logged | None
    after: Logged
    entity_id: str | None = None
    created: str | None = None


def changed(before: Logged, after: Logged) -> Edited:
    """An edit of values by name, reduced to those that differ."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return Edited(
        {name: before.get(name) for name in names}, {name: after.get(name) for name in names}
    )


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is to be changed. name: such as ``ship``; entity: such as ``order``; entity_id: its
    name. make: makes it, in the caller's transaction; raises the StoreError of what it calls. It returns
    None where all was so before: then nothing is logged."""

    name: str
    entity: str
    entity_id: str
    make: Callable[[WriteSession], Awaitable[Logged | Edited | None]]


def capture(number: str, *, key: str) -> Change:
    """Take the money of an authorized payment by a job. key: the same for a repeated request."""

    async def make(session: WriteSession) -> Logged | None:
        return {} if await lifecycle.capture(session, number, key=key) else None

    return Change("capture", "order", number, make)


def ship(number: str, parcel: Parcel, *, actor: str) -> Change:
    """Record a parcel; the customer is notified by e-mail."""

    async def make(session: WriteSession) -> Logged:
        shipment_id = await lifecycle.ship(session, number, parcel, actor=actor)
        return {"shipment_id": shipment_id, "pieces": sum(parcel.pieces.values())}

    return Change("ship", "order", number, make)


def deliver(number: str, shipment_id: int, *, actor: str) -> Change:
    """Note that a parcel arrived."""

    async def make(session: WriteSession) -> Logged | None:
        is_new = await lifecycle.deliver(session, number, shipment_id, actor=actor)
        return {"shipment_id": shipment_id} if is_new else None

    return Change("deliver", "order", number, make)


def cancel(number: str, *, reason: str, actor: str) -> Change:
    """Cancel an order of which nothing was shipped."""

    async def make(session: WriteSession) -> Logged | None:
        is_new = await lifecycle.cancel(session, number, actor=actor, reason=reason)
        return {"reason": reason} if is_new else None

    return Change("cancel", "order", number, make)


def refund(number: str, wanted: RefundRequest, *, actor: str) -> Change:
    """Give money back for pieces, or an amount, or both."""

    async def make(session: WriteSession) -> Logged:
        amount = await lifecycle.refund(session, number, wanted, actor=actor)
        return {"amount_minor": amount.minor, "reason": wanted.reason}

    return Change("refund", "order", number, make)


def adjust_stock(sku: str, *, delta: int, reason: str, actor: str) -> Change:
    """Add pieces at the main location, or take them away."""

    async def make(session: WriteSession) -> Edited:
        found = await whole_range.sku(session, sku)
        on_hand = await inventory.adjust(session, found.id, delta=delta, reason=reason, actor=actor)
        after = {"delta": delta, "on_hand": on_hand, "reason": reason}
        return Edited(None, after, entity_id=found.code)

    return Change("adjust stock", "sku", sku, make)


def create_promotion(promotion: NewPromotion, coupon: NewCoupon | None) -> Change:
    """Create a promotion, with a coupon where it is not for everybody."""

    async def make(session: WriteSession) -> Edited:
        ids = promotion.product_ids
        if unknown := set(ids) - await catalog.known_products(session, sorted(ids)):
            named = ", ".join(map(str, sorted(unknown)))
            raise InvalidInput.of("product_ids", f"There is no product {named}.")
        promotion_id = await campaigns.create(session, await _spelt(session, promotion), coupon)
        after = {
            "promotion_id": promotion_id,
            "label": promotion.label,
            "kind": promotion.kind,
            "code": coupon.code if coupon else None,
        }
        return Edited(None, after, entity_id=str(promotion_id))

    return Change("create promotion", "promotion", promotion.label, make)


async def _spelt(session: WriteSession, promotion: NewPromotion) -> NewPromotion:
    """The promotion with the names of the shop. Two statements at most.

    Raises InvalidInput (422) for a category or brand that there is not: it would reduce nothing.
    """
    found: dict[str, list[str]] = {}
    for field, kind, typed, known in (
        ("category_paths", "category", promotion.category_paths, catalog.category_paths),
        ("brands", "brand", promotion.brands, catalog.brand_names),
    ):
        names = {one.casefold(): one for one in await known(session)} if typed else {}
        keys = [one.strip("/ ").casefold() for one in typed]
        if unknown := [one for one, key in zip(typed, keys, strict=True) if key not in names]:
            raise InvalidInput.of(field, f"There is no {kind} {', '.join(unknown)}.")
        found[field] = [names[key] for key in keys]
    return replace(promotion, category_paths=found["category_paths"], brands=found["brands"])


def end_promotion(promotion_id: int) -> Change:
    """End a promotion."""

    async def make(session: WriteSession) -> Edited | None:
        label, is_new = await campaigns.end_promotion(session, promotion_id)
        return _ended({"label": label}) if is_new else None

    return Change("end promotion", "promotion", str(promotion_id), make)


def end_coupon(coupon_id: int) -> Change:
    """End a coupon."""

    async def make(session: WriteSession) -> Edited | None:
        code, is_new = await campaigns.end_coupon(session, coupon_id)
        return _ended({"code": code}) if is_new else None

    return Change("end coupon", "coupon", str(coupon_id), make)


def _ended(named: Logged) -> Edited:
    return Edited({**named, "is_active": True}, {**named, "is_active": False})


def issue_gift_card(
    amount: Money,
    *,
    reason: str,
    expires_at: datetime | None,
    actor: str,
    show: Callable[[str], None],
) -> Change:
    """Issue a gift card. show: is given its code, which is stored nowhere."""

    async def make(session: WriteSession) -> Logged:
        if expires_at is not None and expires_at <= datetime.now(UTC):
            raise InvalidInput.of("expires_at", "Please enter a time that is to come.")
        code = await pricing.issue_gift_card(
            session, amount, reference=f"{reason} ({actor})", expires_at=expires_at
        )
        show(code)
        return {"amount_minor": amount.minor, "last_four": code[-4:], "reason": reason}

    return Change("issue gift card", "gift_card", "new", make)


def approve_review(review_id: int, *, actor: str) -> Change:
    """Publish a review, or leave it published though it was reported."""

    async def make(session: WriteSession) -> Logged:
        await reviews.approve(session, review_id, actor=actor)
        return {"state": "published"}

    return Change("approve review", "review", str(review_id), make)


def reject_review(review_id: int, *, reason: str, actor: str) -> Change:
    """Take a review off the shop; its writer sees the reason."""

    async def make(session: WriteSession) -> Logged:
        await reviews.reject(session, review_id, reason=reason, actor=actor)
        return {"state": "rejected", "reason": reason}

    return Change("reject review", "review", str(review_id), make)
