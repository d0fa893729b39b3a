"""`make crash`: kills the shop and Postgres (-9) at random moments while orders are placed and paid.

A moment comes as soon as two more payments were answered, and a random while later. After the last
restart and ``storefront settle-pending`` every payment that was taken has its order, once; no stock is
held any more; and every order's confirmation was sent at least once, always with the same Message-ID.
Prints the moments and counts; the exit code is 1 where something is missing.
"""

import argparse
import asyncio
import email
import email.policy
import random
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import httpx

from bench.races import checked
from bench.selling import STOREFRONT, Buyer, SellingShop, selling_shop

_SUPERVISED_S = 40.0  # the emulator does not restart a Postgres that dies three times in 30 s
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
            await asyncio.sleep(1.0)
        finally:
            await buyer.aclose()


def kill_postgres(shop: SellingShop) -> None:
    """End the server behind the local Lakebase at once; the emulator starts it again."""
    [pid_file] = Path(shop.emulator.data).rglob("postmaster.pid")
    pid = int(pid_file.read_text(encoding="utf-8").splitlines()[0])
    subprocess.run(["kill", "-9", str(pid)], check=False)


async def torment(shop: SellingShop, moments: int, *, seed: int) -> Counter[str]:
    """Kill something at each of so many random moments, while six buyers go on."""
    chance = random.Random(seed)
    [sku] = await shop.stocked(100_000)
    outcomes: Counter[str] = Counter()
    is_over = asyncio.Event()
    buyers = [asyncio.create_task(shop_on(shop, sku, outcomes, is_over)) for _ in range(6)]
    ends_of_postgres: list[float] = []
    began = time.monotonic()
    for moment in range(1, moments + 1):
        answered = outcomes["201"]
        while outcomes["201"] < answered + 2:
            await asyncio.sleep(0.02)
            for buyer in buyers:
                if buyer.done():
                    buyer.result()  # it never ends by itself: this raises what ended it
        await asyncio.sleep(chance.uniform(0, 0.5))
        victims = ["process 0", "process 1"]
        if sum(time.monotonic() - at < _SUPERVISED_S for at in ends_of_postgres) < 2:
            victims.append("Postgres")
        victim = chance.choice(victims)
        print(
            f"   {moment:2d}  {time.monotonic() - began:6.1f} s  kill -9 {victim:9}  "
            f"after {outcomes['201']} orders"
        )
        if victim == "Postgres":
            ends_of_postgres.append(time.monotonic())
            kill_postgres(shop)
        else:
            shop.kill(int(victim[-1]))
        shop.start()
    is_over.set()
    await shop.wait_until_ready()
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


def confirmations(folder: Path) -> dict[str, set[str]]:
    """By order, the Message-IDs of its confirmations."""
    found: dict[str, set[str]] = {}
    for file in folder.glob("*.eml"):
        message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        if number := re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", str(message["Subject"])):
            found.setdefault(number[0], set()).add(str(message["Message-ID"]))
    return found


def doubly_named(sent: dict[str, set[str]]) -> list[str]:
    """Orders with two confirmations that a mail program would take for different ones."""
    return [number for number, ids in sent.items() if len(ids) > 1]


async def run(moments: int, seed: int) -> bool:
    """Torment the shop, settle, and count."""
    async with selling_shop() as shop:
        outcomes = await torment(shop, moments, seed=seed)
        print(f"   answers: {dict(outcomes)}")
        return await is_complete(shop)


async def is_complete(shop: SellingShop) -> bool:
    """Settle, count, and print: whether each payment has its order, once, and nothing is stuck."""
    await settle(shop)
    numbers = [number for (number,) in await shop.rows("select number from shop.orders")]
    sent = confirmations(shop.folder / "mail")
    attempts = await shop.one(
        "select sum(attempts)::int from shop.jobs where kind = 'orders.confirmation'"
    )
    print(f"   orders: {len(numbers)}; confirmations: {len(sent)}, sent in {attempts} attempts")
    lost = await shop.one(
        "select count(*) from shop.test_payments as taken where state in ('authorized', 'captured')"
        " and refunded_minor < amount_minor and not exists (select from shop.payments "
        "where idempotency_key = taken.key and order_id is not null)"
    )
    doubled = await shop.one(
        "select count(*) from (select order_id from shop.payments where order_id is not null "
        "group by order_id having count(*) > 1) as twice"
    )
    stuck = await shop.one("select count(*) from shop.stock_reservations where state = 'active'")
    unsent = [number for number in numbers if number not in sent]
    return (
        checked("paid orders that are missing", 0, lost)
        & checked("orders that were paid twice", 0, doubled)
        & checked("reservations that are stuck", 0, stuck)
        & checked("orders without a confirmation by e-mail", [], unsent)
        & checked("orders whose confirmations differ in their Message-ID", [], doubly_named(sent))
        & checked("books that do not add up", [], await shop.differences())
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
