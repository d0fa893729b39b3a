"""The SQL of one request, recorded from the shop in this process, as a script for pgbench."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import Engine, event

from storefront.app import create_app
from storefront.db import Database
from storefront.settings import Settings


@dataclass
class Recorded:
    """Statements with their values in place. sequences: where each stood before; None: not used yet."""

    statements: list[str]
    sequences: dict[str, int | None]

    def script(self) -> str:
        """The statements in a transaction that is rolled back, with the same ids each time."""
        reset = ", ".join(
            f"setval('{name}', {value or 1}, {value is not None})"
            for name, value in self.sequences.items()
        )
        lines = ["begin", f"select {reset}", *self.statements, "rollback"]
        return "".join(f"{line};\n" for line in lines)


class RecordingShop:
    """The shop in this process; it records what a request sends to the database."""

    def __init__(self, app: Any, state: Any) -> None:
        self.database: Database = state["database"]
        self._app = app
        self._state = state
        self._sent: list[str] | None = None

    async def buyer(self, cookies: Any = None) -> httpx.AsyncClient:
        """Somebody with a cookie jar."""

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await self._app(scope | {"state": dict(self._state)}, receive, send)

        transport = httpx.ASGITransport(app=app)
        return httpx.AsyncClient(transport=transport, base_url="http://localhost", cookies=cookies)

    async def record(
        self, client: httpx.AsyncClient, method: str, path: str, **options: Any
    ) -> Recorded:
        """The statements of a request, those of jobs apart."""
        sequences = await self.database.fetch(
            "select schemaname || '.' || sequencename as name, last_value as value "
            "from pg_sequences where schemaname = 'shop'"
        )
        sent: list[str] = []
        self._sent = sent
        answer = await client.request(method, path, **options)
        self._sent = None
        answer.raise_for_status()
        return Recorded(sent, {row["name"]: row["value"] for row in sequences})

    def note(self, statement: str, values: Sequence[Any]) -> None:
        """Keep a statement, unless a job or the background sends it."""
        task = asyncio.current_task()
        is_of_a_job = task is not None and task.get_name().startswith("job")
        if self._sent is not None and not is_of_a_job and "listing_states" not in statement:
            whole = " ".join(statement.split())
            for number in range(len(values), 0, -1):
                whole = whole.replace(f"${number}", _literal(values[number - 1]))
            self._sent.append(whole)


@asynccontextmanager
async def recording_shop() -> AsyncIterator[RecordingShop]:
    """The shop in this process, over the database that the environment names."""
    app = create_app(Settings(connect_deadline_s=60, embed_in_background=False))
    fetch = Database.fetch
    async with app.router.lifespan_context(app) as state:
        shop = RecordingShop(app, state)

        def note(_conn: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
            shop.note(statement, values)

        async def fetching(
            database: Database, statement: str, *values: Any, use_custom_plan: bool = False
        ) -> Sequence[Any]:
            shop.note(statement, values)
            return await fetch(database, statement, *values, use_custom_plan=use_custom_plan)

        event.listen(Engine, "before_cursor_execute", note)
        Database.fetch = fetching  # type: ignore[method-assign, assignment]
        try:
            yield shop
        finally:
            Database.fetch = fetch  # type: ignore[method-assign]
            event.remove(Engine, "before_cursor_execute", note)


def _literal(value: Any) -> str:
    """A value as SQL."""
    if value is None:
        return "null"
    if isinstance(value, bool | int | float | Decimal):
        return str(value).lower()
    if isinstance(value, datetime | date):
        return f"'{value.isoformat()}'"
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'"
    if isinstance(value, list | tuple):
        return f"array[{', '.join(map(_literal, value))}]" if value else "'{}'"
    if isinstance(value, dict):
        value = json.dumps(value)
    quoted = str(value).replace("'", "''")
    assert isinstance(value, str | UUID), type(value)
    return f"'{quoted}'"
