"""Each alert is sent as one e-mail, at whatever moment the process that sends it dies.

A process dies before any of its statements and commits, and before and after it hands an e-mail over;
another then does what it left. Sent twice, which nobody can rule out, it is the same e-mail, by its
Message-ID and its content.
"""

import re
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, event, text

from storefront.alerts.work import Work as AlertWork
from storefront.db import Database
from storefront.jobs import service as jobs
from storefront.jobs.worker import Handler
from storefront.mail.outbox import Folder, Mail, files
from storefront.saved_searches.work import Work as SavedSearchWork
from storefront.search.engine import Search
from storefront.search.read_model.store import ReadModel
from storefront.search.read_model.vocabulary_reader import VocabularyReader
from storefront.settings import Settings
from storefront.web.signing import Signer

Prepare = Callable[[Database, str], Awaitable[None]]


class Died(BaseException):
    """The process is no longer there: nothing may catch it."""


class Life:
    """Counts moments, and ends at one of them; never where at is None."""

    def __init__(self, at: int | None = None) -> None:
        self._at, self._now = at, 0

    def step(self) -> None:
        if self._now == self._at:
            raise Died
        self._now += 1


class Outbox:
    """The folder of e-mails; notes what is handed over, and that these are moments, too."""

    def __init__(self, settings: Settings) -> None:
        self.sent: list[Mail] = []
        self.life = Life()
        self._folder = Folder(settings)

    async def send(self, mail: Mail) -> None:
        self.life.step()
        await self._folder.send(mail)
        self.sent.append(mail)
        self.life.step()


@contextmanager
def living(life: Life, outbox: Outbox) -> Iterator[None]:
    """Every statement and commit of this thread is a moment of its life.

    Of this thread alone: shops that other tests share have engines as well, each in its own thread.
    """
    thread = threading.get_ident()

    def step(*_: object) -> None:
        if threading.get_ident() == thread:
            life.step()

    outbox.life = life
    event.listen(Engine, "before_cursor_execute", step)
    event.listen(Engine, "commit", step)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", step)
        event.remove(Engine, "commit", step)


async def work(database: Database, handlers: dict[str, Handler]) -> None:
    """Do what is due, one job after the other, as a worker does."""
    while True:
        async with database.writes() as session:
            taken = await jobs.take(session, sorted(handlers), most=1)
        if not taken:
            return
        [job] = taken
        await handlers[job.kind](job)
        async with database.writes() as session:
            await jobs.finish(session, job)


async def rows(database: Database, statement: str, **values: object) -> list[Any]:
    async with database.writes() as session:
        result: Any = await session.execute(text(statement), values)
        return list(result) if result.returns_rows else []


async def size_is_back(database: Database, email: str) -> None:
    [(sku_id,)] = await rows(
        database,
        "select min(sku_id) from shop.offered_sizes join shop.live_products on id = colourway_id",
    )
    level = "update shop.stock_levels set on_hand = reserved + safety + :left where sku_id = :id"
    await rows(database, level, id=sku_id, left=0)
    await rows(
        database,
        "insert into shop.stock_alerts (sku_id, email, language, confirmed_at)"
        " values (:id, :email, 'en', now())",
        id=sku_id,
        email=email,
    )
    await rows(database, level, id=sku_id, left=3)


async def price_is_reached(database: Database, email: str) -> None:
    [(product_id,)] = await rows(database, "select min(id) from shop.live_products")
    cost = "update shop.colourways set price_minor = list_price_minor - :less where id = :id"
    await rows(database, cost, id=product_id, less=0)
    await rows(
        database,
        "insert into shop.stock_alerts (colourway_id, at_most_minor, currency, email, language,"
        " confirmed_at) select id, list_price_minor - 100, currency, :email, 'en', now()"
        " from shop.colourways where id = :id",
        id=product_id,
        email=email,
    )
    await rows(database, cost, id=product_id, less=200)


async def search_has_news(database: Database, email: str) -> None:
    await rows(database, "update shop.stock_alerts set ended_at = now() where ended_at is null")
    for query in ("", "?gender=Men"):
        await rows(
            database,
            "with search as (insert into shop.saved_searches (visitor_id, name, query, seen)"
            " values ('v', 'Everything', :query, '') returning id)"
            " insert into shop.stock_alerts (saved_search_id, email, language, confirmed_at)"
            " select id, :email, 'en', now() from search",
            query=query,
            email=email,
        )
    await rows(
        database,
        "insert into shop.jobs (kind, key, payload)"
        " select 'alerts.look', day, jsonb_build_object('day', day) from ("
        " select (date '2020-01-01' + count(*)::int)::text as day from shop.jobs) as one",
    )


@pytest.mark.parametrize("prepare", [size_is_back, price_is_reached, search_has_news])
async def test_an_alert_is_one_e_mail_at_whatever_moment_its_process_dies(
    stocked_database: Callable[[int], Database], tmp_path: Path, prepare: Prepare
) -> None:
    database = stocked_database(20)
    settings = Settings(mail_dir=tmp_path, secret_keys=(SecretStr("k" * 32),))
    signer = Signer(["k" * 32])
    outbox = Outbox(settings)
    model = ReadModel(database)
    search = Search(model, VocabularyReader(database, model))
    handlers = (
        AlertWork(database, outbox, settings, signer).handlers()
        | SavedSearchWork(database, outbox, settings, signer, model, search).handlers()
    )
    sent_twice = 0
    for moment in count():
        email = f"moment-{moment}@example.com"
        await prepare(database, email)
        is_dead = False
        try:
            with living(Life(moment), outbox):
                await work(database, handlers)
        except Died:
            is_dead = True
        # Its lease is over.
        await rows(
            database,
            "update shop.jobs set due_at = now() where state = 'waiting' and attempts > 0",
        )
        with living(Life(), outbox):
            await work(database, handlers)
        mine = [mail for mail in outbox.sent if mail.to == email]
        same = {(one.key, re.sub(r"http\S+", "", one.text)) for one in mine}
        assert len(same) == 1, f"died at moment {moment}"
        sent_twice += len(mine) - 1
        assert len([one for one in files(tmp_path) if email in one.read_text("utf-8")]) == 1
        unfinished = "select count(*) from shop.jobs where state <> 'done' and due_at <= now()"
        assert await rows(database, unfinished) == [(0,)]
        if not is_dead:
            break
    assert moment > 8
    assert sent_twice > 0  # it did die between sending and noting that
    await database.aclose()
