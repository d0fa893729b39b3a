"""The SQL that the shop sends for an address when it has kept nothing: taken from the shop itself."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from storefront.app import create_app
from storefront.db import Database
from storefront.settings import Settings


@dataclass(frozen=True)
class Sent:
    """A statement, and the values for its ``$1``, ``$2`` …"""

    statement: str
    values: tuple[Any, ...]

    @property
    def shape(self) -> str:
        """The statement in one line."""
        return " ".join(self.statement.split())

    @property
    def inlined(self) -> str:
        """The same with each value in its place, for a program that takes none."""
        whole = self.shape
        for number in range(len(self.values), 0, -1):
            whole = whole.replace(f"${number}", _literal(self.values[number - 1]))
        return whole


def _literal(value: object) -> str:
    if value is None or isinstance(value, int | float):
        return "null" if value is None else str(value)
    if isinstance(value, Iterable) and not isinstance(value, str):
        value = f"{{{','.join(map(str, value))}}}"
    quoted = str(value).replace("'", "''")
    return f"'{quoted}'"


@asynccontextmanager
async def shop() -> AsyncIterator["Shop"]:
    """The shop in this process, over the database that the environment names; it has its index."""
    # It waits for the words of a million products, and sends no statement but those of a request.
    app = create_app(Settings(connect_deadline_s=120, embed_in_background=False))
    async with app.router.lifespan_context(app) as state:
        shop = Shop(app, state)
        for path in ("/api/v1/products?page_size=1", "/api/v1/search/suggest?q=a"):
            await shop.statements(path)
        yield shop


class Shop:
    """Asked for a path, it tells which statements it sent for that."""

    def __init__(self, app: Any, state: Any) -> None:
        self._app = app
        self._state = state

    async def statements(self, path: str) -> list[Sent]:
        """The statements of one answer, looks at the version apart."""
        sent: list[Sent] = []
        fetch = Database.fetch

        async def noting(
            database: Database, statement: str, *values: object, **options: bool
        ) -> Sequence[Any]:
            if "listing_states" not in statement:
                sent.append(Sent(statement, values))
            return await fetch(database, statement, *values, **options)

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
