"""The total of a bag: goods, reductions, delivery, tax, gift cards. Pure; to the minor unit.

Always, in every currency: total = items - discount + delivery, plus tax if prices do not include it;
the lines' totals and delivery's add up to it; to_pay = total - gift cards.

Tax is computed once for each rate from the price paid for the goods of that rate, rounded half away from
zero, and divided among them. Delivery is taxed at the country's standard rate.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from storefront.money import Money
from storefront.pricing.discounts import Delivery, Item, Offer, discounts_of

STANDARD = "standard"
"""The tax class of delivery, and of goods without a reduced rate."""


@dataclass(frozen=True, slots=True)
class Rates:
    """The taxes of a country: the rate by tax class (0.19 is 19 %), and whether prices include it."""

    by_class: Mapping[str, Decimal]
    is_included: bool

    def of(self, tax_class: str) -> Decimal:
        """The rate of a class; if the country has none for it, the standard one."""
        return self.by_class.get(tax_class, self.by_class.get(STANDARD, Decimal(0)))


@dataclass(frozen=True, slots=True)
class GiftCardBalance:
    """The amount that a gift card can pay."""

    gift_card_id: int
    balance: Money


@dataclass(frozen=True, slots=True)
class LineTotal:
    """A line of the bag. amount: before reductions; total: the price paid, tax included."""

    sku_id: int
    quantity: int
    price: Money
    amount: Money
    discount: Money
    tax_rate: Decimal
    tax: Money
    total: Money


@dataclass(frozen=True, slots=True)
class AppliedDiscount:
    """A reduction for display: its promotion's label, its coupon's code, its amount."""

    label: str
    code: str | None
    amount: Money


@dataclass(frozen=True, slots=True)
class Totals:
    """The totals of a bag. discount: of the goods; ``delivery`` is the price paid.

    gift_cards: by id, the amount that each pays. tax: of goods and delivery.
    """

    lines: Sequence[LineTotal]
    discounts: Sequence[AppliedDiscount]
    items: Money
    discount: Money
    delivery: Money
    delivery_tax: Money
    tax: Money
    is_tax_included: bool
    total: Money
    gift_cards: Mapping[int, Money]
    gift_card: Money
    to_pay: Money

    @property
    def delivery_price(self) -> Money:
        """The price of the delivery before reductions, of which free delivery is one."""
        reduced = Money.total((one.amount for one in self.discounts), self.delivery.currency)
        return self.delivery + reduced - self.discount


def totals_of(
    items: Sequence[Item],
    offers: Sequence[Offer],
    *,
    delivery: Delivery,
    rates: Rates,
    gift_cards: Sequence[GiftCardBalance] = (),
) -> Totals:
    """Compute the totals. items: [n], SKUs distinct, of the currency of delivery and gift cards.

    The lines are in the order of the items; nothing else depends on it. gift_cards pay in their order.
    """
    currency = delivery.price.currency
    zero = Money.zero(currency)
    goods = Money.total((item.amount for item in items), currency)
    found = discounts_of(items, offers, delivery=delivery)
    by_sku: dict[int, Money] = defaultdict(lambda: zero)
    for one in found:
        for sku_id, amount in one.by_sku.items():
            by_sku[sku_id] += amount
    discount = Money.total(by_sku.values(), currency)
    delivery_paid = delivery.cost(goods - discount, found)
    taxes, delivery_tax = _taxes(items, by_sku, delivery_paid, rates)
    tax = Money.total(taxes.values(), currency) + delivery_tax
    total = goods - discount + delivery_paid + (zero if rates.is_included else tax)
    paid = _paid_by(gift_cards, total)
    gift_card = Money.total(paid.values(), currency)
    return Totals(
        lines=[_line(item, by_sku[item.sku_id], taxes[item.sku_id], rates) for item in items],
        discounts=[
            AppliedDiscount(
                one.offer.label,
                one.offer.code,
                Money.total(one.by_sku.values(), currency)
                + (delivery.price if one.is_delivery_free else zero),
            )
            for one in found
        ],
        items=goods,
        discount=discount,
        delivery=delivery_paid,
        delivery_tax=delivery_tax,
        tax=tax,
        is_tax_included=rates.is_included,
        total=total,
        gift_cards=paid,
        gift_card=gift_card,
        to_pay=total - gift_card,
    )


def _taxes(
    items: Sequence[Item], by_sku: Mapping[int, Money], delivery: Money, rates: Rates
) -> tuple[dict[int, Money], Money]:
    """By SKU, the tax on its line; and the tax on delivery."""
    taxes: dict[int, Money] = {}
    by_rate: dict[Decimal, list[Item]] = defaultdict(list)
    for item in sorted(items, key=lambda one: one.sku_id):
        by_rate[rates.of(item.tax_class)].append(item)
    for rate, taxed in by_rate.items():
        amounts = [item.amount - by_sku[item.sku_id] for item in taxed]
        tax = tax_of(Money.total(amounts, delivery.currency), rate, is_included=rates.is_included)
        shares = tax.allocate([amount.minor for amount in amounts]) if tax else [tax] * len(taxed)
        taxes |= {item.sku_id: share for item, share in zip(taxed, shares, strict=True)}
    return taxes, tax_of(delivery, rates.of(STANDARD), is_included=rates.is_included)


def tax_of(amount: Money, rate: Decimal, *, is_included: bool) -> Money:
    """The tax on an amount. is_included: whether the amount contains it."""
    return amount.times(rate / (1 + rate) if is_included else rate)


def _line(item: Item, discount: Money, tax: Money, rates: Rates) -> LineTotal:
    paid = item.amount - discount
    return LineTotal(
        sku_id=item.sku_id,
        quantity=item.quantity,
        price=item.price,
        amount=item.amount,
        discount=discount,
        tax_rate=rates.of(item.tax_class),
        tax=tax,
        total=paid if rates.is_included else paid + tax,
    )


def _paid_by(gift_cards: Sequence[GiftCardBalance], total: Money) -> dict[int, Money]:
    paid: dict[int, Money] = {}
    for card in gift_cards:
        if amount := min(card.balance, total - Money.total(paid.values(), total.currency)):
            paid[card.gift_card_id] = amount
    return paid
