"""Answers kept in memory: made once for all who ask, forgotten when they fail or are the least asked."""

import asyncio

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


async def test_an_answer_is_good_for_its_version() -> None:
    kept, make = Cache[int](10), Maker()
    answers = [await kept.get("a", version, make) for version in (1, 1, 2, 2)]
    assert answers == [1, 1, 2, 2]


async def test_all_who_ask_at_once_share_one_even_if_the_first_leaves() -> None:
    kept, make = Cache[int](10), Maker()
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
    kept, make = Cache[int](10), Maker()

    async def fail() -> int:
        raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            await kept.get("a", 1, fail)
    assert await kept.get("a", 1, make) == 1


async def test_the_least_asked_is_given_up() -> None:
    kept, make = Cache[int](2), Maker()
    for key in ("a", "b", "a", "c"):
        await kept.get(key, 1, make)
    assert await kept.get("a", 1, make) == 1
    assert await kept.get("b", 1, make) == 4
