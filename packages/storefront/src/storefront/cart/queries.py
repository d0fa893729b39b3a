"""Reads of the bag: its lines as they are now, what has changed since, and what it costs in all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from storefront.cart.models import MOST_PER_LINE
from storefront.cart.service import Owner
from storefront.catalog import queries as catalog
from storefront.catalog.queries import SkuOffer
from storefront.db import ReadSession
from storefront.inventory import queries as inventory
from storefront.money import Money
from storefront.pricing import queries as pricing
from storefront.pricing.discounts import Delivery, Item, Offer
from storefront.pricing.queries import CouponNotValid, Method
from storefront.pricing.totals import Totals, totals_of


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the bag. seen_price: what the shopper last saw; left: pieces that can be bought now.

    offer: None where the product has gone; then only ``sku`` is known.
    """

    sku_id: int
    sku: str
    quantity: int
    seen_price: Money
    offer: SkuOffer | None
    left: int

    @property
    def price(self) -> Money:
        """What a piece costs now."""
        return self.offer.card.price if self.offer else self.seen_price

    @property
    def amount(self) -> Money:
        """What the line costs now, before reductions."""
        return self.price * self.quantity

    @property
    def is_for_sale(self) -> bool:
        """Whether all of its pieces can be bought now."""
        return self.offer is not None and self.offer.is_offered and self.left >= self.quantity

    @property
    def has_new_price(self) -> bool:
        """Whether it costs something else than the shopper last saw."""
        return self.offer is not None and self.price != self.seen_price

    @property
    def most(self) -> int:
        """The largest quantity that can be chosen."""
        return min(self.left, MOST_PER_LINE)


@dataclass(frozen=True, slots=True)
class GiftCardUse:
    """A gift card of the bag, and what it pays of it."""

    gift_card_id: int
    balance: Money
    pays: Money


@dataclass(frozen=True, slots=True)
class CartView:
    """A bag as it is shown. cart_id: None: nothing was ever put in. method: as chosen, else the first.

    totals: of the lines that are for sale; tax and delivery of ``country``. coupon_problem: why the
    coupon of the bag is not valid any more.
    """

    cart_id: int | None
    version: int
    country: str
    lines: Sequence[Line]
    saved: Sequence[Line]
    method: Method | None
    methods: Sequence[Method]
    coupon: Offer | None
    coupon_id: int | None
    coupon_problem: str | None
    gift_cards: Sequence[GiftCardUse]
    totals: Totals

    @property
    def pieces(self) -> int:
        """How many pieces are in the bag, those saved for later apart."""
        return sum(line.quantity for line in self.lines)

    @property
    def can_be_ordered(self) -> bool:
        """Whether there is something in it, and all of it is for sale."""
        return bool(self.lines) and all(line.is_for_sale for line in self.lines)

    @property
    def is_coupon_applied(self) -> bool:
        """Whether the coupon takes something off; its minimum may not be reached."""
        return any(one.code for one in self.totals.discounts)


async def pieces_of(session: ReadSession, owner: Owner) -> int:
    """How many pieces are in the bag. One statement."""
    return int(await session.scalar(_PIECES, _who(owner)) or 0)


async def filled_cart(session: ReadSession, owner: Owner) -> int | None:
    """The id of the open bag; None where nothing is in it. One statement."""
    cart_id: int | None = await session.scalar(_FILLED, _who(owner))
    return cart_id


async def lines_of_customer(session: ReadSession, customer_id: int) -> Sequence[dict[str, object]]:
    """What is in a customer's bag, for the export of their data. One statement."""
    rows = await session.execute(_OF_CUSTOMER, {"customer_id": customer_id})
    return [dict(row._mapping) for row in rows]


async def cart_view(
    session: ReadSession,
    owner: Owner,
    *,
    currency: str,
    country: str,
    now: datetime,
    method_code: str | None = None,
) -> CartView:
    """The open bag of a visitor or customer, priced now.

    country: of delivery, ISO 3166-1. method_code: the chosen delivery method.
    Seven statements at most; one for an empty bag, and three for what its delivery would cost.
    """
    rows = list(await session.execute(_CART, _who(owner)))
    cart_id = rows[0].cart_id if rows else None
    return await _view(
        session, rows, cart_id, currency=currency, country=country, now=now, method_code=method_code
    )


async def cart_by_id(
    session: ReadSession,
    cart_id: int,
    *,
    currency: str,
    country: str,
    now: datetime,
    method_code: str | None = None,
) -> CartView:
    """The same of a cart that is known, whatever its state: for a checkout."""
    rows = list(await session.execute(_CART_BY_ID, {"cart_id": cart_id}))
    return await _view(
        session, rows, cart_id, currency=currency, country=country, now=now, method_code=method_code
    )


async def _view(
    session: ReadSession,
    rows: Sequence[Row[Any]],
    cart_id: int | None,
    *,
    currency: str,
    country: str,
    now: datetime,
    method_code: str | None,
) -> CartView:
    lines = await _lines(session, [row for row in rows if row.sku_id is not None], currency)
    in_bag = [line for line, is_saved in lines if not is_saved]
    coupon_id = rows[0].coupon_id if rows else None
    coupon, coupon_problem = await _coupon(session, coupon_id, now)
    offers = await pricing.automatic_offers(session, now) if in_bag else []
    rates = await pricing.rates_of(session, country)
    methods = await pricing.methods_for(session, country, currency)
    method = next((one for one in methods if one.code == method_code), next(iter(methods), None))
    card_ids = rows[0].gift_card_ids if rows else []
    cards = await pricing.gift_cards(session, card_ids, now)
    totals = totals_of(
        [item for line in in_bag if (item := _item(line)) is not None],
        [*offers, *([coupon] if coupon else [])],
        delivery=method.delivery if method and in_bag else Delivery(Money.zero(currency)),
        rates=rates,
        gift_cards=[card for card in cards if card.balance.currency == currency],
    )
    return CartView(
        cart_id=cart_id,
        version=rows[0].version if rows else 0,
        country=country,
        lines=in_bag,
        saved=[line for line, is_saved in lines if is_saved],
        method=method,
        methods=methods,
        coupon=coupon,
        coupon_id=coupon_id if coupon else None,
        coupon_problem=coupon_problem,
        gift_cards=[
            GiftCardUse(
                card.gift_card_id,
                card.balance,
                totals.gift_cards.get(card.gift_card_id, Money.zero(currency)),
            )
            for card in cards
        ],
        totals=totals,
    )


async def _lines(
    session: ReadSession, rows: Sequence[Row[Any]], currency: str
) -> list[tuple[Line, bool]]:
    """Each with whether it is saved for later. Two statements, or none.

    What the bag's own checkout holds counts as left for it.
    """
    if not rows:
        return []
    sku_ids = [row.sku_id for row in rows]
    offers = await catalog.sku_offers(session, sku_ids)
    left = await inventory.available(session, sku_ids, cart_id=rows[0].cart_id)
    return [
        (
            Line(
                sku_id=row.sku_id,
                sku=row.sku,
                quantity=row.quantity,
                seen_price=Money(row.price_minor, currency),
                offer=offers.get(row.sku_id),
                left=left.get(row.sku_id, 0),
            ),
            row.is_saved,
        )
        for row in rows
    ]


async def _coupon(
    session: ReadSession, coupon_id: int | None, now: datetime
) -> tuple[Offer | None, str | None]:
    if coupon_id is None:
        return None, None
    try:
        return (await pricing.coupon_by_id(session, coupon_id, now)).offer, None
    except CouponNotValid as problem:
        return None, problem.detail


def _item(line: Line) -> Item | None:
    if line.offer is None or not line.is_for_sale:
        return None
    card = line.offer.card
    return Item(
        sku_id=line.sku_id,
        product_id=card.id,
        category_path=card.category_path,
        brand=card.brand,
        tax_class=line.offer.tax_class,
        price=card.price,
        quantity=line.quantity,
    )


def _who(owner: Owner) -> dict[str, str | int | None]:
    return {"visitor_id": owner.visitor_id, "customer_id": owner.customer_id}


_PIECES = text(
    """
    select coalesce(sum(quantity), 0) from shop.carts
    join shop.cart_lines on cart_id = carts.id and not is_saved
    where state = 'open' and case
        when cast(:customer_id as bigint) is null
            then visitor_id = cast(:visitor_id as text) and customer_id is null
        else customer_id = :customer_id end
    """
)

_FILLED = text(
    """
    select id from shop.carts
    where state = 'open' and case
        when cast(:customer_id as bigint) is null
            then visitor_id = cast(:visitor_id as text) and customer_id is null
        else customer_id = :customer_id end
    and exists (select from shop.cart_lines where cart_id = carts.id and not is_saved)
    """
)

# One row a line; a cart without lines is one row with none.
_WITH_LINES = """
    select carts.id as cart_id, version, coupon_id,
        array(select gift_card_id from shop.cart_gift_cards
            where cart_id = carts.id order by added_at, gift_card_id) as gift_card_ids,
        sku_id, code as sku, quantity, is_saved, price_minor
    from shop.carts
    left join shop.cart_lines on cart_lines.cart_id = carts.id
    left join shop.skus on skus.id = sku_id
"""
_OPEN_CART = (
    _WITH_LINES
    + """
    where state = 'open' and case
        when cast(:customer_id as bigint) is null
            then visitor_id = cast(:visitor_id as text) and customer_id is null
        else customer_id = :customer_id end
    order by cart_lines.added_at, sku_id
    """
)
_CART = text(_OPEN_CART)

_ANY_CART = (
    _WITH_LINES
    + """
    where carts.id = :cart_id
    order by cart_lines.added_at, sku_id
    """
)
_CART_BY_ID = text(_ANY_CART)

_OF_CUSTOMER = text(
    """
    select code as sku, quantity, is_saved, added_at from shop.carts
    join shop.cart_lines on cart_id = carts.id
    join shop.skus on skus.id = sku_id
    where customer_id = :customer_id and state = 'open' order by added_at
    """
)
