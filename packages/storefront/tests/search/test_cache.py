"""Answers kept in memory: made once for all who ask, forgotten when they fail or are the least asked."""

import asyncio
import gc
import weakref

import pytest

from storefront.search.read_model.cache import Cache


class Maker:
    """Makes numbered answers, each once it is let."""

    def __init__(self) -> None:
        self.made = 0
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    async def __call__(self) -> int:
        await self.may_go_on.wait()
        self.made += 1
        return self.made


def one_byte(_: object) -> int:
    return 1


async def test_an_answer_is_good_for_its_version() -> None:
    kept, make = Cache[int](10, one_byte), Maker()
    answers = [await kept.get("a", version, make) for version in (1, 1, 2, 2)]
    assert answers == [1, 1, 2, 2]


async def test_all_who_ask_at_once_share_one_even_if_the_first_leaves() -> None:
    kept, make = Cache[int](10, one_byte), Maker()
    make.may_go_on.clear()
    first = asyncio.create_task(kept.get("a", 1, make))
    others = [asyncio.create_task(kept.get("a", 1, make)) for _ in range(3)]
    await asyncio.sleep(0)
    first.cancel()
    make.may_go_on.set()
    assert await asyncio.gather(*others) == [1, 1, 1]
    assert await kept.get("a", 1, make) == 1
    assert await kept.get("a", 2, make) == 2


async def test_a_failure_is_told_and_not_kept() -> None:
    kept, make = Cache[int](10, one_byte), Maker()

    async def fail() -> int:
        raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            await kept.get("a", 1, fail)
    assert await kept.get("a", 1, make) == 1


async def test_the_least_asked_is_given_up() -> None:
    kept, make = Cache[int](2, one_byte), Maker()
    for key in ("a", "b", "a", "c"):
        await kept.get(key, 1, make)
    assert await kept.get("a", 1, make) == 1
    assert await kept.get("b", 1, make) == 4


async def test_all_values_together_take_no_more_than_they_may() -> None:
    cache = Cache[bytes](1_000, len)
    for number in range(200):
        await cache.get(number, 1, lambda number=number: produce(bytes(number)))  # type: ignore[misc]
        assert cache.size <= 1_000
    await cache.get("too large", 1, lambda: produce(bytes(2_000)))
    assert cache.size == 0


async def test_a_value_computed_again_counts_once() -> None:
    cache = Cache[bytes](1_000, len)
    for version in range(5):
        await cache.get("a", version, lambda: produce(bytes(300)))
    assert cache.size == 300


async def test_the_task_that_computed_a_value_is_released() -> None:
    """It holds the context of the request that began it."""
    cache = Cache[bytes](1_000, len)
    tasks = weakref.WeakSet[asyncio.Task[bytes]]()

    async def compute() -> bytes:
        tasks.add(asyncio.current_task())  # type: ignore[arg-type]
        return b"value"

    await cache.get("a", 1, compute)
    gc.collect()
    assert not tasks


async def produce(value: bytes) -> bytes:
    return value
