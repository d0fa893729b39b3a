"""The SQL that the shop sends for an address when it has kept nothing: taken from the shop itself."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from storefront.app import create_app
from storefront.db import Database
from storefront.settings import Settings


@asynccontextmanager
async def shop() -> AsyncIterator["Shop"]:
    """The shop in this process, over the database that the environment names."""
    app = create_app(Settings())
    async with app.router.lifespan_context(app) as state:
        yield Shop(app, state)


class Shop:
    """Asked for a path, it tells which statements it sent for that."""

    def __init__(self, app: Any, state: Any) -> None:
        self._app = app
        self._state = state

    async def statements(self, path: str) -> list[str]:
        """The statements of one answer with their values in place; looks at the version apart."""
        sent: list[str] = []
        fetch = Database.fetch

        async def noting(
            database: Database, statement: str, *values: object, is_planned_anew: bool = False
        ) -> Sequence[Any]:
            if "listing_states" not in statement:
                sent.append(inlined(statement, values))
            return await fetch(database, statement, *values, is_planned_anew=is_planned_anew)

        Database.fetch = noting  # type: ignore[method-assign, assignment]
        try:
            await self._ask(path)
        finally:
            Database.fetch = fetch  # type: ignore[method-assign]
        return sent

    async def _ask(self, path: str) -> None:
        where, _, query = path.partition("?")
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
            "scheme": "http", "path": where, "raw_path": where.encode(), "root_path": "",
            "query_string": query.encode(), "headers": [(b"host", b"localhost")],
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "state": dict(self._state),
        }  # fmt: skip

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start" and message["status"] != 200:
                raise RuntimeError(f"{path} answered {message['status']}")

        await self._app(scope, receive, send)


def inlined(statement: str, values: Sequence[object]) -> str:
    """The statement with each $n replaced by its value, in one line."""
    for number in range(len(values), 0, -1):
        statement = statement.replace(f"${number}", _literal(values[number - 1]))
    return " ".join(statement.split())


def _literal(value: object) -> str:
    if value is None or isinstance(value, int | float):
        return "null" if value is None else str(value)
    if isinstance(value, Iterable) and not isinstance(value, str):
        value = f"{{{','.join(map(str, value))}}}"
    quoted = str(value).replace("'", "''")
    return f"'{quoted}'"
