"""Writes of the bag. Each locks its cart first, so that two tabs or devices never lose a line.

Nothing is reserved here: stock is held when a checkout begins to pay
(packages/storefront/docs/buying.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from storefront.cart import statements as sql
from storefront.cart.models import MOST_LINES, MOST_PER_LINE
from storefront.catalog import queries as catalog
from storefront.catalog.queries import SkuOffer
from storefront.db import ReadSession, WriteSession
from storefront.errors import NotFound, StoreError
from storefront.inventory import queries as inventory
from storefront.inventory.service import OutOfStock
from storefront.pricing import queries as pricing
from storefront.texts import _, _n

_MOST_GIFT_CARDS = 5


class BagIsFull(StoreError):
    """A bag holds a limited number of lines, and of pieces in a line. The bag stays as it was.

    ``most`` is the limit. For larger orders, please write to us.
    """

    status, slug, title = 409, "bag-is-full", "The bag cannot hold more of this"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose bag it is: a customer's once signed in, else a visitor's. One of both is set."""

    visitor_id: str | None = None
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line as it is to be. quantity: None: as it is; size: the SKU to have instead, or its own."""

    sku: str
    quantity: int | None
    size: str


@dataclass(frozen=True, slots=True)
class RemovedLine:
    """What was removed from a bag, so that it can be restored."""

    sku: str
    quantity: int


async def add_line(
    session: WriteSession,
    owner: Owner,
    *,
    sku: str,
    quantity: int,
    currency: str,
) -> int:
    """Put pieces of a SKU into the bag, beside those that are there. Returns the cart's id.

    Raises NotFound (404) for an unknown SKU, OutOfStock (409) where fewer are left than the bag would
    hold, BagIsFull (409). Six statements.
    """
    offer = await _offered(session, sku)
    cart_id = await open_cart(session, owner, currency=currency)
    lines = await _lines(session, cart_id)
    held = lines.get(offer.sku_id, 0)
    if offer.sku_id not in lines and len(lines) >= MOST_LINES:
        raise BagIsFull(
            _("A bag holds %(most)s different things at most.", most=MOST_LINES), most=MOST_LINES
        )
    await _check_quantity(session, cart_id, offer, held + quantity)
    await _write_line(session, cart_id, offer, held + quantity)
    return cart_id


async def set_quantity(session: WriteSession, owner: Owner, *, sku: str, quantity: int) -> None:
    """Have so many pieces of a SKU in the bag; 0 takes it out. Five statements.

    Raises NotFound (404) where the bag has none of it, OutOfStock and BagIsFull (409).
    """
    if quantity == 0:
        await remove_line(session, owner, sku=sku)
        return
    cart_id, offer = await _line(session, owner, sku)
    await _check_quantity(session, cart_id, offer, quantity)
    await _write_line(session, cart_id, offer, quantity)


async def change_lines(
    session: WriteSession, owner: Owner, changes: Sequence[LineChange]
) -> Sequence[RemovedLine]:
    """Have the lines as they were typed; those that are as they were cost nothing. Returns those
    taken out.

    Lines that have gone are passed over. Two statements, and those of each change. Raises NotFound
    (404), OutOfStock and BagIsFull (409) at the first that cannot be had, after those before it.
    """
    cart_id = await _existing(session, owner)
    rows = await session.execute(sql.IN_BAG, {"cart_id": cart_id})
    quantities = {row.sku: row.quantity for row in rows}
    removed = []
    for change in changes:
        if (held := quantities.get(change.sku)) is None:
            continue
        quantity = held if change.quantity is None else change.quantity
        if quantity == 0:
            removed.append(await remove_line(session, owner, sku=change.sku))
        elif change.size != change.sku:
            await change_size(session, owner, sku=change.sku, to=change.size, quantity=quantity)
        elif quantity != held:
            await set_quantity(session, owner, sku=change.sku, quantity=quantity)
    return removed


async def change_size(
    session: WriteSession, owner: Owner, *, sku: str, to: str, quantity: int | None = None
) -> None:
    """Take another size of the same product instead; a line that has it already gets the pieces.

    quantity: by default, as many as there are. Seven statements. Raises NotFound (404), OutOfStock and
    BagIsFull (409).
    """
    if sku == to:
        return
    cart_id, offer = await _line(session, owner, sku)
    wanted = await _offered(session, to)
    if wanted.card.id != offer.card.id:
        raise NotFound(f"{to} is not a size of the same product as {sku}.")
    lines = await _lines(session, cart_id)
    pieces = (quantity or lines[offer.sku_id]) + lines.get(wanted.sku_id, 0)
    await _check_quantity(session, cart_id, wanted, pieces)
    await session.execute(sql.DELETE_LINE, {"cart_id": cart_id, "sku_id": offer.sku_id})
    await _write_line(session, cart_id, wanted, pieces)


async def remove_line(session: WriteSession, owner: Owner, *, sku: str) -> RemovedLine:
    """Take a line out; returns what was taken, to be put back by ``add_line``. Two statements.

    Raises NotFound (404) where the bag has none of it.
    """
    cart_id = await _existing(session, owner)
    quantity: int | None = await session.scalar(sql.REMOVE, {"cart_id": cart_id, "sku": sku})
    if quantity is None:
        raise NotFound(_("There is no %(sku)s in the bag.", sku=sku))
    return RemovedLine(sku, quantity)


async def save_for_later(session: WriteSession, owner: Owner, *, sku: str) -> None:
    """Keep a line outside of the bag's total. Two statements. Raises NotFound (404)."""
    await _set_saved(session, owner, sku, is_saved=True)


async def move_to_bag(session: WriteSession, owner: Owner, *, sku: str) -> None:
    """Put a line that was saved for later into the bag again. Two statements. Raises NotFound (404)."""
    await _set_saved(session, owner, sku, is_saved=False)


async def apply_coupon(session: WriteSession, owner: Owner, *, code: str, now: datetime) -> None:
    """Use a coupon for the bag, in place of another. Three statements. Raises CouponNotValid (409)."""
    cart_id = await _existing(session, owner)
    found = await pricing.coupon_of(session, code, now)
    await session.execute(sql.SET_COUPON, {"cart_id": cart_id, "coupon_id": found.coupon_id})


async def remove_coupon(session: WriteSession, owner: Owner) -> None:
    """Use no coupon for the bag. Two statements."""
    cart_id = await _existing(session, owner)
    await session.execute(sql.SET_COUPON, {"cart_id": cart_id, "coupon_id": None})


async def add_gift_card(session: WriteSession, owner: Owner, *, code: str, now: datetime) -> None:
    """Pay with a gift card. Three statements. Raises GiftCardNotValid and BagIsFull (409)."""
    cart_id = await _existing(session, owner)
    card = await pricing.gift_card_of(session, code, now)
    parameters = {"cart_id": cart_id, "gift_card_id": card.gift_card_id, "most": _MOST_GIFT_CARDS}
    if await session.scalar(sql.ADD_GIFT_CARD, parameters) is None:
        raise BagIsFull(
            _("An order takes %(most)s gift cards at most.", most=_MOST_GIFT_CARDS),
            most=_MOST_GIFT_CARDS,
        )


async def remove_gift_card(session: WriteSession, owner: Owner, *, gift_card_id: int) -> None:
    """Do not pay with a gift card after all. Two statements."""
    cart_id = await _existing(session, owner)
    parameters = {"cart_id": cart_id, "gift_card_id": gift_card_id}
    await session.execute(sql.REMOVE_GIFT_CARD, parameters)


async def merge(
    session: WriteSession, *, visitor_id: str, customer_id: int, paying_cart_id: int | None = None
) -> int:
    """Give a visitor's bag to the customer who has signed in; nothing of either bag is lost.
    Returns how many pieces the customer's earlier bag had.

    The visitor's bag goes on, with its checkout, and takes in the customer's earlier one; the other way
    round where that one is being paid (paying_cart_id). Pieces of the same SKU add up, to the limit of a
    line; coupon and gift cards are moved too. Safe when two devices sign in at once. Seven statements at
    most.
    """
    parameters = {"visitor_id": visitor_id, "customer_id": customer_id}
    guest_id = await session.scalar(sql.LOCK_GUEST_CART, parameters)
    if guest_id is None:
        return 0
    # Made where there is none, locked where there is: two devices give theirs one after the other.
    earlier = (await session.execute(sql.CUSTOMER_CART, parameters)).one()
    is_guests_kept = earlier.id != paying_cart_id
    into, merged = (guest_id, earlier.id) if is_guests_kept else (earlier.id, guest_id)
    carts = {"into": into, "merged": merged, "customer_id": customer_id}
    for statement in (sql.MERGE_LINES, sql.MERGE_GIFT_CARDS, sql.MERGE_COUPON, sql.CLOSE_MERGED):
        await session.execute(statement, carts)
    if is_guests_kept:
        await session.execute(sql.GIVE_TO_CUSTOMER, carts)
    return int(earlier.pieces)


async def open_cart(session: WriteSession, owner: Owner, *, currency: str) -> int:
    """The owner's open cart, locked; a new one where there is none. One statement."""
    statement = sql.OPEN_FOR_VISITOR if owner.customer_id is None else sql.OPEN_FOR_CUSTOMER
    cart_id: int = await session.scalar(
        statement,
        {
            "visitor_id": owner.visitor_id,
            "customer_id": owner.customer_id,
            "currency": currency,
        },
    )
    return cart_id


async def close(session: WriteSession, cart_id: int, *, bought: Mapping[int, int]) -> None:
    """The bag has become an order. What it holds besides goes on in a new bag. One statement.

    bought: pieces by SKU. What was saved for later, or put in while the payment was in progress, stays.
    """
    parameters = {
        "cart_id": cart_id,
        "sku_ids": list(bought.keys()),
        "pieces": list(bought.values()),
    }
    await session.execute(sql.CLOSE, parameters)


async def for_replacement(
    session: WriteSession, *, reference: str, customer_id: int | None, currency: str
) -> int:
    """A bag that nobody opens, for an order that is not put together in one. Returns its id.

    reference: the return that the order replaces pieces of. One statement.
    """
    parameters = {"reference": reference, "customer_id": customer_id, "currency": currency}
    cart_id: int = await session.scalar(sql.FOR_REPLACEMENT, parameters)
    return cart_id


async def delete_old_bags(session: WriteSession) -> None:
    """Delete the bags of guests, 400 days after they were changed last. One statement."""
    await session.execute(sql.DELETE_OLD)


async def erase(session: WriteSession, customer_id: int) -> None:
    """Empty the open bag of a customer who has their account deleted. One statement."""
    await session.execute(sql.ERASE, {"customer_id": customer_id})


async def _existing(session: WriteSession, owner: Owner) -> int:
    parameters = {"visitor_id": owner.visitor_id, "customer_id": owner.customer_id}
    cart_id: int | None = await session.scalar(sql.TOUCH, parameters)
    if cart_id is None:
        raise NotFound(_("There is no bag yet: add something first."))
    return cart_id


async def _line(session: WriteSession, owner: Owner, sku: str) -> tuple[int, SkuOffer]:
    cart_id = await _existing(session, owner)
    offer = await _offered(session, sku)
    if offer.sku_id not in await _lines(session, cart_id):
        raise NotFound(_("There is no %(sku)s in the bag.", sku=sku))
    return cart_id, offer


async def _offered(session: ReadSession, sku: str) -> SkuOffer:
    offer = await catalog.sku_of(session, sku)
    if not offer.is_offered:
        raise NotFound(
            _(
                "%(name)s is no longer sold in size %(size)s.",
                name=offer.card.name,
                size=offer.size_label,
            )
        )
    return offer


async def _lines(session: ReadSession, cart_id: int) -> dict[int, int]:
    rows = await session.execute(sql.QUANTITIES, {"cart_id": cart_id})
    return {row.sku_id: row.quantity for row in rows}


async def _check_quantity(
    session: ReadSession, cart_id: int, offer: SkuOffer, quantity: int
) -> None:
    if quantity > MOST_PER_LINE:
        raise BagIsFull(
            _("%(most)s pieces of one size at most.", most=MOST_PER_LINE), most=MOST_PER_LINE
        )
    left = (await inventory.available(session, [offer.sku_id], cart_id=cart_id)).get(
        offer.sku_id, 0
    )
    if left < quantity:
        raise OutOfStock(
            _n(
                "Of %(name)s in size %(size)s, %(num)s piece is left.",
                "Of %(name)s in size %(size)s, %(num)s pieces are left.",
                max(left, 0),
                name=offer.card.name,
                size=offer.size_label,
            ),
            short=[{"sku": offer.code, "left": left}],
        )


async def _write_line(session: WriteSession, cart_id: int, offer: SkuOffer, quantity: int) -> None:
    await session.execute(
        sql.WRITE_LINE,
        {
            "cart_id": cart_id,
            "sku_id": offer.sku_id,
            "quantity": quantity,
            "price": offer.card.price.minor,
        },
    )


async def _set_saved(session: WriteSession, owner: Owner, sku: str, *, is_saved: bool) -> None:
    cart_id = await _existing(session, owner)
    parameters = {"cart_id": cart_id, "sku": sku, "is_saved": is_saved}
    if await session.scalar(sql.SET_SAVED, parameters) is None:
        raise NotFound(_("There is no %(sku)s in the bag.", sku=sku))
