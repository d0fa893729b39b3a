"""The reductions of a bag by promotions. Pure arithmetic, independent of the order of the lines.

How promotions stack (packages/storefront/docs/buying.md):

1. A promotion applies to the lines it names, if these reach its minimum before any reduction.
2. Promotions of one ``stack_group`` do not add up: the one that saves most applies.
3. Groups apply one after the other by the priority of their promotions, each to the remaining price.
4. An exclusive promotion applies alone, if it saves more than all others together.
5. Of all that, the bag gets what makes it cost least, delivery included and before taxes: no promotion
   makes a bag dearer, and delivery that is free anyway is not saved.

Rounding: each promotion's saving is rounded once, half away from zero, and then divided among its lines
in proportion (``Money.allocate``), so the lines always add up to it. Nothing falls below zero.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Literal

from storefront.catalog.category_paths import is_within
from storefront.money import Money

Kind = Literal["percentage", "amount", "free_delivery", "buy_x_get_y"]


@dataclass(frozen=True, slots=True)
class Item:
    """Pieces of one SKU in a bag, with the data for promotions and taxes. price: of one piece."""

    sku_id: int
    product_id: int
    category_path: str
    brand: str | None
    tax_class: str
    price: Money
    quantity: int

    @property
    def amount(self) -> Money:
        """The price of all its pieces before reductions."""
        return self.price * self.quantity


@dataclass(frozen=True, slots=True)
class Offer:
    """A promotion for the arithmetic; the fields are those of the table ``promotions``.

    code: of the coupon that activated it; None: it applies automatically. minimum: in minor units.
    """

    id: int
    label: str
    kind: Kind
    code: str | None = None
    percent: Decimal = Decimal(0)
    amount_minor: int = 0
    buy_quantity: int = 0
    get_quantity: int = 0
    category_paths: Sequence[str] = ()
    brands: Sequence[str] = ()
    product_ids: Sequence[int] = ()
    minimum_minor: int = 0
    is_exclusive: bool = False
    stack_group: str = "order"
    priority: int = 0

    def applies_to(self, item: Item) -> bool:
        """Whether it covers this item: by category, brand or product; without any of these, all."""
        if not (self.category_paths or self.brands or self.product_ids):
            return True
        return (
            is_within(item.category_path, self.category_paths)
            or item.brand in self.brands
            or item.product_id in self.product_ids
        )


@dataclass(frozen=True, slots=True)
class Discount:
    """The reduction by one promotion: for each SKU, and whether delivery is free."""

    offer: Offer
    by_sku: Mapping[int, Money]
    is_delivery_free: bool = False

    def saving(self, delivery: Money) -> Money:
        """The total saving. delivery: what delivery would cost."""
        return Money.total(self.by_sku.values(), delivery.currency) + (
            delivery if self.is_delivery_free else Money.zero(delivery.currency)
        )


@dataclass(frozen=True, slots=True)
class Delivery:
    """The price of a delivery method. free_from: of the goods after reductions; None: never free."""

    price: Money
    free_from: Money | None = None

    def cost(self, goods: Money, discounts: Sequence[Discount]) -> Money:
        """What it costs with these reductions. goods: what they cost after them."""
        is_free = any(one.is_delivery_free for one in discounts)
        if is_free or (self.free_from is not None and goods >= self.free_from):
            return Money.zero(self.price.currency)
        return self.price


def discounts_of(
    items: Sequence[Item], offers: Sequence[Offer], *, delivery: Delivery
) -> list[Discount]:
    """The reductions that a bag gets, in the order in which they apply.

    items: [n], SKUs distinct, of one currency. offers: the currently valid ones.
    Offers that save nothing are left out.
    """
    ordered = sorted(items, key=lambda item: item.sku_id)
    offers = sorted(offers, key=lambda offer: (offer.priority, offer.id))
    shared = [one for one in offers if not one.is_exclusive]
    of_goods = [one for one in shared if one.kind != "free_delivery"]
    alone = [[one] for one in offers if one.is_exclusive]
    # Of several that cost the same, the first one: a coupon is not used for nothing.
    found = [_stacked(ordered, some, delivery.price) for some in ([], of_goods, shared, *alone)]
    return min(found, key=lambda discounts: _cost(ordered, discounts, delivery))


def _stacked(items: Sequence[Item], offers: Sequence[Offer], delivery: Money) -> list[Discount]:
    left = {item.sku_id: item.amount for item in items}
    delivery_left = delivery
    found: list[Discount] = []
    for group in _groups(offers):
        candidates = [_discount(one, items, left) for one in group if _is_reached(one, items)]
        best = max(
            candidates,
            key=lambda one: (one.saving(delivery_left).minor, -one.offer.id),
            default=None,
        )
        if best is None or not best.saving(delivery_left):
            continue
        found.append(best)
        for sku_id, amount in best.by_sku.items():
            left[sku_id] -= amount
        if best.is_delivery_free:
            delivery_left = Money.zero(delivery.currency)
    return found


def _groups(offers: Sequence[Offer]) -> list[list[Offer]]:
    groups: dict[str, list[Offer]] = defaultdict(list)
    for offer in offers:
        groups[offer.stack_group].append(offer)
    return list(groups.values())


def _cost(items: Sequence[Item], discounts: Sequence[Discount], delivery: Delivery) -> Money:
    """What the bag costs with these reductions, before taxes."""
    currency = delivery.price.currency
    saved = [amount for one in discounts for amount in one.by_sku.values()]
    goods = Money.total((item.amount for item in items), currency) - Money.total(saved, currency)
    return goods + delivery.cost(goods, discounts)


def _is_reached(offer: Offer, items: Sequence[Item]) -> bool:
    named = [item.amount.minor for item in items if offer.applies_to(item)]
    return bool(named) and sum(named) >= offer.minimum_minor


def _discount(offer: Offer, items: Sequence[Item], left: Mapping[int, Money]) -> Discount:
    named = [item for item in items if offer.applies_to(item)]
    if offer.kind == "free_delivery":
        return Discount(offer, {}, is_delivery_free=True)
    if offer.kind == "buy_x_get_y":
        bases = dict(_reduced_pieces(offer, named, left))
    else:
        bases = {item.sku_id: left[item.sku_id] for item in named}
    currency = named[0].price.currency
    base = Money.total(bases.values(), currency)
    if offer.kind == "amount":
        saving = min(Money(offer.amount_minor, currency), base)
    else:
        saving = base.times(offer.percent / 100)
    if not saving:
        return Discount(offer, {})
    shares = saving.allocate([amount.minor for amount in bases.values()])
    return Discount(offer, {sku: share for sku, share in zip(bases, shares, strict=True) if share})


def _reduced_pieces(
    offer: Offer, items: Sequence[Item], left: Mapping[int, Money]
) -> Iterator[tuple[int, Money]]:
    """By SKU, the remaining price of the pieces that a buy-X-get-Y reduces.

    Pieces are sorted by descending price and divided into groups of X + Y; of each full group the last
    Y, its cheapest, are reduced.
    """
    pieces = iter(
        item.sku_id
        for item in sorted(items, key=lambda one: (-one.price.minor, one.sku_id))
        for _ in range(item.quantity)
    )
    size = offer.buy_quantity + offer.get_quantity
    counts: dict[int, int] = defaultdict(int)
    while len(group := list(islice(pieces, size))) == size:
        for sku_id in group[offer.buy_quantity :]:
            counts[sku_id] += 1
    quantities = {item.sku_id: item.quantity for item in items}
    for sku_id, count in sorted(counts.items()):
        rest = quantities[sku_id] - count
        yield sku_id, left[sku_id].allocate([count, rest])[0]
