"""`make races`: many buyers at once, through HTTP and two server processes, with real commits.

Each race says what must come of it, and what came; the exit code is 1 where they differ.
"""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Awaitable, Callable

import httpx

from bench.selling import Buyer, SellingShop, selling_shop
from storefront.money import Money
from storefront.pricing import service as pricing

_AT_ONCE = 60

Race = Callable[[SellingShop, float], Awaitable[bool]]


async def everybody(buyers: list[Buyer], do: Callable[[Buyer], Awaitable[None]]) -> None:
    """Let every buyer do something, so many at once."""
    free = asyncio.Semaphore(_AT_ONCE)

    async def one(buyer: Buyer) -> None:
        async with free:
            await do(buyer)

    await asyncio.gather(*map(one, buyers))


def outcome(answer: httpx.Response) -> str:
    """An answer in a word: ``placed``, or the kind of problem."""
    if answer.is_success:
        return str(answer.json().get("status", "ok"))
    return str(answer.json()["type"]).rsplit("/", 1)[-1]


def checked(name: str, expected: object, found: object) -> bool:
    """Print what was expected and found; whether they are the same."""
    is_right = expected == found
    print(f"{'✓' if is_right else '✗'}  {name}: expected {expected}, found {found}")
    return is_right


async def last_pieces(shop: SellingShop, size: float) -> bool:
    """400 buyers want one of 50 pieces."""
    pieces, people = round(50 * size), round(400 * size)
    [sku] = await shop.stocked(pieces)
    before = await shop.one("select count(*) from shop.orders")
    outcomes: Counter[str] = Counter()
    buyers = [Buyer(shop.urls) for _ in range(people)]

    async def buy(buyer: Buyer) -> None:
        prepared = await buyer.prepare(sku)
        outcomes[outcome(await buyer.pay() if prepared.is_success else prepared)] += 1
        await buyer.aclose()

    await everybody(buyers, buy)
    orders = await shop.one("select count(*) from shop.orders") - before
    expected = {"placed": pieces, "out-of-stock": people - pieces}
    return checked(f"{people} buyers for {pieces} pieces", expected, dict(outcomes)) & checked(
        "orders", pieces, orders
    )


async def double_submits(shop: SellingShop, size: float) -> bool:
    """100 buyers press the button twice at once."""
    people = round(100 * size)
    [sku] = await shop.stocked(people)
    before = await shop.one("select count(*) from shop.orders")
    buyers = [Buyer(shop.urls) for _ in range(people)]
    outcomes: Counter[str] = Counter()

    async def buy(buyer: Buyer) -> None:
        await buyer.prepare(sku)
        for answer in await asyncio.gather(buyer.pay(), buyer.pay()):
            outcomes[outcome(answer)] += 1
        await buyer.aclose()

    await everybody(buyers, buy)
    orders = await shop.one("select count(*) from shop.orders") - before
    print(f"   answers: {dict(outcomes)}")
    return checked(f"{2 * people} double submits make orders", people, orders)


async def coupon_budget(shop: SellingShop, size: float) -> bool:
    """200 buyers use a coupon that is good for 20 orders."""
    budget, people = round(20 * size), round(200 * size)
    [sku] = await shop.stocked(people)
    await shop.execute(
        "with promotion as (insert into shop.promotions (label, kind, amount_minor) "
        "values ('One off', 'amount', 100) returning id) "
        "insert into shop.coupons (promotion_id, code, budget) "
        "select id, 'RACE', :budget from promotion",
        budget=budget,
    )
    outcomes: Counter[str] = Counter()

    async def buy(buyer: Buyer) -> None:
        await buyer.add(sku)
        used = await buyer.request("POST", "/cart/coupon", json={"code": "RACE"})
        if used.is_error:
            outcomes[outcome(used)] += 1
        elif (prepared := await buyer.check_out()).is_error:
            outcomes[outcome(prepared)] += 1
        else:
            outcomes[outcome(await buyer.pay())] += 1
        await buyer.aclose()

    await everybody([Buyer(shop.urls) for _ in range(people)], buy)
    used = await shop.one("select used_count from shop.coupons where code = 'RACE'")
    discounts = await shop.one("select count(*) from shop.order_discounts where code = 'RACE'")
    print(f"   answers: {dict(outcomes)}")
    return checked(
        f"{people} buyers use a coupon for {budget}", (budget, budget), (used, discounts)
    )


async def gift_card(shop: SellingShop, size: float) -> bool:
    """One gift card pays from 50 tabs."""
    people = round(50 * size)
    [sku] = await shop.stocked(people)
    async with shop.database.writes() as session:
        code = await pricing.issue_gift_card(session, Money(5_000, "USD"), reference="race")

    async def buy(buyer: Buyer) -> None:
        await buyer.add(sku)
        await buyer.request("POST", "/cart/gift-cards", json={"code": code})
        if (await buyer.check_out()).is_success:
            await buyer.pay()
        await buyer.aclose()

    await everybody([Buyer(shop.urls) for _ in range(people)], buy)
    balance, entries = (
        await shop.rows(
            "select balance_minor, (select sum(delta_minor)::bigint from shop.gift_card_entries "
            "where gift_card_id = gift_cards.id) from shop.gift_cards order by id desc limit 1"
        )
    )[0]
    used = await shop.one("select coalesce(sum(gift_card_minor), 0)::bigint from shop.orders")
    return (
        checked(f"a gift card from {people} tabs: balance and its entries", balance, entries)
        & checked("balance is not below zero", True, balance >= 0)
        & checked("spent and left add up to its worth", 5_000, used + balance)
    )


RACES: tuple[Race, ...] = (last_pieces, double_submits, coupon_budget, gift_card)


async def run(size: float) -> bool:
    """Every race, and then the books."""
    async with selling_shop() as shop:
        is_right = True
        for race in RACES:
            is_right &= await race(shop, size)
        return is_right & checked("books that do not add up", [], await shop.differences())


def main() -> int:
    """Run the races at their full size, or at a part of it."""
    parser = argparse.ArgumentParser(description="Races of buyers through HTTP and two processes.")
    parser.add_argument("--size", type=float, default=1.0, help="part of the full number of buyers")
    return 0 if asyncio.run(run(parser.parse_args().size)) else 1


if __name__ == "__main__":
    sys.exit(main())
