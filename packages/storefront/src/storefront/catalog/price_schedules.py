"""Prices that staff schedule: for one product or all that a filter finds, from one moment to another.

What holds when is decided by ``scheduled_prices``; here is what the price is, and which would meet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal, NoReturn, TypedDict

from sqlalchemy import text

from storefront.catalog import bounds, scheduled_prices
from storefront.catalog.range import Filter
from storefront.catalog.range import ids as ids_of
from storefront.catalog.scheduled_prices import ScheduledPrice
from storefront.db import ReadSession, WriteSession, plan_for_values
from storefront.errors import Conflict, InvalidInput, NotFound
from storefront.money import Money

MOST_PRODUCTS = 5_000
"""Of one schedule; the command ``storefront import`` takes any number of prices."""

_MOST_NAMED = 20

State = Literal["planned", "current", "past"]
Kind = Literal["percent", "amount", "price"]


class PricesOverlap(Conflict):
    """Some products have another scheduled price within this time; ``overlaps`` names them.

    Nothing was changed. End or move those prices, choose another time, or leave these products out.
    """

    slug, title = "prices-overlap", "Another price is scheduled in this time"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A price for several products. kind, value: per cent off, an amount off, or the price itself.

    until: None: without an end. skips_overlaps: leave out products with another price in this time.
    """

    which: Filter | Sequence[int]
    kind: Kind
    value: Decimal
    since: datetime
    until: datetime | None
    skips_overlaps: bool = False


class PriceChanges(TypedDict, total=False):
    """What of a scheduled price is to change; what is left out stays as it is.

    price: None ends one that has begun, and deletes one that has not. until: None: without an end.
    """

    price: Money | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class ListedPrice:
    """A scheduled price as staff see it. own: what the product costs otherwise.

    given_list_price: what it is reduced from, where that is not the list price of the product.
    """

    product_id: int
    name: str
    price: Money
    list_price: Money
    own: Money
    given_list_price: Money | None
    since: datetime
    until: datetime | None
    state: State


@dataclass(frozen=True, slots=True)
class Overlap:
    """A price that is scheduled already, within the time of another."""

    product_id: int
    name: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class PlannedPrice:
    """What a schedule makes of one product's price. price: None where it would not be above zero."""

    product_id: int
    name: str
    own: Money
    price: Money | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a schedule would do. overlaps: why it is refused, unless these products are left out."""

    prices: Sequence[PlannedPrice]
    overlaps: Sequence[Overlap]

    @property
    def impossible(self) -> list[PlannedPrice]:
        """Products whose price would not be above zero."""
        return [one for one in self.prices if one.price is None]


async def prices(
    session: ReadSession,
    *,
    state: State | None,
    product_id: int | None,
    most: int,
    skip: int = 0,
) -> Sequence[ListedPrice]:
    """Scheduled prices, those that begin last first. Two statements."""
    await plan_for_values(session)
    parameters = {"state": state, "product_id": product_id, "most": most, "skip": skip}
    return [
        ListedPrice(
            row.colourway_id,
            row.name,
            Money(row.price_minor, row.currency),
            Money(row.list_price_minor, row.currency),
            Money(row.own_minor, row.currency),
            Money(row.given_minor, row.currency) if row.given_minor else None,
            row.valid_from,
            row.valid_until,
            row.state,
        )
        for row in await session.execute(_PRICES, parameters)
    ]


async def plan(session: ReadSession, wanted: Wanted) -> Plan:
    """What a schedule would do. Three statements.

    Raises InvalidInput (422) for a time that ends before it begins or is over, a value that makes no
    sense, too many products, or numbers of products that do not exist.
    """
    _check(wanted)
    numbers = (
        await ids_of(session, wanted.which, most=MOST_PRODUCTS + 1)
        if isinstance(wanted.which, Filter)
        else list(wanted.which)
    )
    if len(numbers) > MOST_PRODUCTS:
        _refuse("filter", f"The filter finds more than {MOST_PRODUCTS:,} products; narrow it.")
    own = {row.id: row for row in await session.execute(_OWN, {"ids": numbers})}
    if unknown := [str(number) for number in numbers if number not in own]:
        _refuse("product_ids", f"There is no product {', '.join(unknown[:_MOST_NAMED])}.")
    times = {"ids": numbers, "since": wanted.since, "until": wanted.until}
    overlaps = [Overlap(*row) for row in await session.execute(_OVERLAPS, times)]
    left_out = {one.product_id for one in overlaps} if wanted.skips_overlaps else set()
    found = [
        PlannedPrice(row.id, row.name, price, _price(price, wanted))
        for row in own.values()
        if row.id not in left_out and (price := Money(row.price_minor, row.currency))
    ]
    return Plan(found, overlaps)


async def schedule(session: WriteSession, wanted: Wanted) -> int:
    """Schedule the prices of a plan; returns how many. Some twelve statements.

    Raises as `plan`, InvalidInput (422) where there is no product or a price would not be above zero,
    PricesOverlap (409).
    """
    made = await plan(session, wanted)
    if made.overlaps and not wanted.skips_overlaps:
        named = ", ".join(f"{one.product_id} {one.name}" for one in made.overlaps[:5])
        raise PricesOverlap(
            f"{len(made.overlaps):,} scheduled prices overlap, such as of {named}.",
            overlaps=[
                {
                    "product_id": str(one.product_id),
                    "valid_from": one.since.isoformat(),
                    "valid_until": one.until.isoformat() if one.until else None,
                }
                for one in made.overlaps[:100]
            ],
        )
    if made.impossible:
        first = made.impossible[0]
        _refuse("value", f"The price of {first.product_id} {first.name} would not be above zero.")
    if not made.prices:
        field = "filter" if isinstance(wanted.which, Filter) else "product_ids"
        _refuse(field, "No product is found, or all of them are left out.")
    await scheduled_prices.plan(
        session,
        [
            ScheduledPrice(
                line=line,
                product_id=one.product_id,
                currency=one.own.currency,
                now=one.price.minor if one.price else None,
                before=None,
                since=wanted.since,
                until=wanted.until,
            )
            for line, one in enumerate(made.prices)
        ],
    )
    return len(made.prices)


async def change(
    session: WriteSession,
    product_id: int,
    since: datetime,
    changes: PriceChanges,
) -> tuple[ListedPrice, PriceChanges]:
    """Change a scheduled price or its end, or take it back; returns what it was, and what it is now.

    Nine statements.
    Raises NotFound (404), Conflict (409) for one that is over, InvalidInput (422) where it would meet
    another or end before it begins.
    """
    found = await prices(session, state=None, product_id=product_id, most=1_000)
    before = next((one for one in found if one.since == since), None)
    if before is None:
        raise NotFound(f"Product {product_id} has no price that begins at {since.isoformat()}.")
    if before.state == "past":
        raise Conflict("This price is over: the price history has it, and it stays.")
    after = PriceChanges(price=before.price, until=before.until) | changes
    price, until = after["price"], after["until"]
    if price is not None and until is not None and until <= since:
        _refuse("until", "Must be later than the beginning.")
    given = before.given_list_price
    if price is not None and given is not None and price.minor > given.minor:
        _refuse("price", f"Must not be above the list price of this time, {given.major:f}.")
    await scheduled_prices.plan(
        session,
        [
            ScheduledPrice(
                line=0,
                product_id=product_id,
                currency=before.price.currency,
                now=price.minor if price else None,
                before=given.minor if given else None,
                since=since,
                until=until,
            )
        ],
    )
    return before, after


def _check(wanted: Wanted) -> None:
    for field, moment in (("since", wanted.since), ("until", wanted.until)):
        if moment is not None and not bounds.EARLIEST <= moment < bounds.LATEST:
            _refuse(field, f"Must be from {bounds.EARLIEST.year} to {bounds.LATEST.year - 1}.")
    if wanted.until is not None and wanted.until <= wanted.since:
        _refuse("until", "Must be later than the beginning.")
    if wanted.until is not None and wanted.until <= datetime.now(UTC):
        _refuse("until", "Must be in the future.")
    if wanted.value <= 0 or (wanted.kind == "percent" and wanted.value >= 100):
        _refuse("value", "Must be above 0, and below 100 for per cent.")


def _price(own: Money, wanted: Wanted) -> Money | None:
    """None where it would not be above zero."""
    if wanted.kind == "percent":
        price = own.times((100 - wanted.value) / Decimal(100))
    else:
        try:
            given = Money.of_major(wanted.value, own.currency)
        except ValueError as error:
            _refuse("value", f"{error}.")
        price = given if wanted.kind == "price" else own - given
    return price if price.minor > 0 else None


def _refuse(field: str, reason: str) -> NoReturn:
    raise InvalidInput.of(field, reason)


_PRICES = text(
    """
    select * from (
        select prices.colourway_id, one.name, prices.price_minor, prices.currency,
            greatest(coalesce(prices.list_price_minor, one.list_price_minor), prices.price_minor)
                as list_price_minor,
            one.price_minor as own_minor, prices.list_price_minor as given_minor,
            valid_from, valid_until,
            case when valid_until <= now() then 'past' when valid_from > now() then 'planned'
                else 'current' end as state
        from shop.prices join shop.colourways as one on one.id = prices.colourway_id
        where cast(:product_id as bigint) is null or prices.colourway_id = :product_id
    ) as every
    where cast(:state as text) is null or state = :state
    order by valid_from desc, colourway_id limit :most offset :skip
    """
)
_OVERLAPS = text(
    """
    select colourway_id, name, valid_from, valid_until
    from shop.prices join shop.colourways on colourways.id = colourway_id
    where colourway_id = any(cast(:ids as bigint[]))
    and tstzrange(valid_from, valid_until)
        && tstzrange(cast(:since as timestamptz), cast(:until as timestamptz))
    order by colourway_id, valid_from
    """
)
_OWN = text(
    """
    select id, name, price_minor, currency from shop.colourways
    where id = any(cast(:ids as bigint[])) order by id
    """
)
