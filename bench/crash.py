"""`make crash`: kills the shop and Postgres (-9) at random moments while orders are placed and paid.

After the last restart and ``storefront settle-pending`` every payment that was taken has its order,
once; no stock is held any more; and every order's confirmation was sent at least once. Prints the
moments and counts; the exit code is 1 where something is missing.
"""

import argparse
import asyncio
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import httpx

from bench.races import told
from bench.selling import STOREFRONT, Buyer, SellingShop, selling_shop

_TOKENS = ("approve", "approve", "answer-lost", "webhook-first", "webhook-twice", "slow")


async def shop_on(
    shop: SellingShop, sku: str, outcomes: Counter[str], is_over: asyncio.Event
) -> None:
    """Buy again and again; a request that is cut off is sent again, as a browser's user would."""
    while not is_over.is_set():
        buyer = Buyer(shop.urls)
        try:
            if (await buyer.prepare(sku)).is_success:
                answer = await buyer.pay(random.choice(_TOKENS))
                outcomes[str(answer.status_code)] += 1
        except httpx.TransportError:
            outcomes["cut off"] += 1
            await asyncio.sleep(0.2)
        finally:
            await buyer.aclose()


def kill_postgres(shop: SellingShop) -> None:
    """End the server behind the local Lakebase at once; the emulator starts it again."""
    [pid_file] = Path(shop.emulator.data).rglob("postmaster.pid")
    pid = int(pid_file.read_text(encoding="utf-8").splitlines()[0])
    subprocess.run(["kill", "-9", str(pid)], check=False)


async def torment(shop: SellingShop, moments: int, *, seed: int) -> Counter[str]:
    """Kill something at each of so many random moments, while eight buyers go on."""
    chance = random.Random(seed)
    [sku] = await shop.stocked(100_000)
    outcomes: Counter[str] = Counter()
    is_over = asyncio.Event()
    buyers = [asyncio.create_task(shop_on(shop, sku, outcomes, is_over)) for _ in range(8)]
    began = time.monotonic()
    for moment in range(1, moments + 1):
        await asyncio.sleep(chance.uniform(0.3, 3.0))
        victim = chance.choice(["process 0", "process 1", "Postgres"])
        print(f"   {moment:2d}  {time.monotonic() - began:6.1f} s  kill -9 {victim}")
        if victim == "Postgres":
            kill_postgres(shop)
        else:
            shop.kill(int(victim[-1]))
        shop.start()
        await shop.wait_until_ready()
    is_over.set()
    await asyncio.gather(*buyers)
    return outcomes


async def settle(shop: SellingShop) -> None:
    """What an operator does after a bad day, and what the jobs do by themselves."""
    # Time passes: answers that were lost are old enough to be asked for, holds have ended.
    await shop.execute("update shop.payments set updated_at = now() - interval '1 hour'")
    for table in ("stock_reservations", "coupon_redemptions", "gift_card_holds"):
        await shop.execute(f"update shop.{table} set expires_at = now() - interval '1 s'")
    command = await asyncio.create_subprocess_exec(STOREFRONT, "settle-pending", env=shop.environ)
    assert await command.wait() == 0, "storefront settle-pending failed"
    await shop.execute("update shop.jobs set due_at = now() where state = 'waiting'")
    deadline = time.monotonic() + 120
    while await shop.one(
        "select count(*) from shop.jobs where state = 'waiting' and kind <> 'checkout.settle'"
    ):
        if time.monotonic() > deadline:
            break
        await asyncio.sleep(0.5)


async def run(moments: int, seed: int) -> bool:
    """Torment the shop, settle, and count."""
    async with selling_shop() as shop:
        outcomes = await torment(shop, moments, seed=seed)
        await settle(shop)
        orders = await shop.one("select count(*) from shop.orders")
        print(f"   answers: {dict(outcomes)}; orders: {orders}")
        lost = await shop.one(
            "select count(*) from shop.test_payments as taken where state in ('authorized', 'captured')"
            " and refunded_minor < amount_minor and not exists (select from shop.payments "
            "where idempotency_key = taken.key and order_id is not null)"
        )
        doubled = await shop.one(
            "select count(*) from (select order_id from shop.payments where order_id is not null "
            "group by order_id having count(*) > 1) as twice"
        )
        stuck = await shop.one(
            "select count(*) from shop.stock_reservations where state = 'active'"
        )
        unsent = await shop.one(
            "select count(*) from shop.orders where not exists (select from shop.jobs "
            "where kind = 'orders.confirmation' and key = number and state = 'done')"
        )
        return (
            told("paid orders that are missing", 0, lost)
            & told("orders that were paid twice", 0, doubled)
            & told("reservations that are stuck", 0, stuck)
            & told("confirmations that were not sent", 0, unsent)
            & told("books that do not add up", [], await shop.differences())
        )


def main() -> int:
    """Kill at thirty moments, or at as many as are asked for."""
    parser = argparse.ArgumentParser(description="Kills shop and Postgres while orders are placed.")
    parser.add_argument("--moments", type=int, default=30)
    parser.add_argument("--seed", type=int, default=7, help="of the moments and the victims")
    options = parser.parse_args()
    return 0 if asyncio.run(run(options.moments, options.seed)) else 1


if __name__ == "__main__":
    sys.exit(main())
