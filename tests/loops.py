"""Event loops that close what a test has closed, even if the other side never answers.

asyncio closes a TLS connection only when the peer has confirmed it, or after 30 s. A loop that ends
before leaves the socket to the garbage collector, whose warning then fails some later test: asyncpg
does not wait for the confirmation after a refused login, and on a busy machine it comes late.
"""

import asyncio
from typing import Any
from weakref import WeakSet


class ClosingLoop(asyncio.SelectorEventLoop):
    """Aborts TLS connections whose closing was begun; one that nobody closed still warns."""

    def __init__(self) -> None:
        super().__init__()
        self._opened = WeakSet[asyncio.Transport]()

    async def create_connection(self, *args: Any, **options: Any) -> Any:
        transport, protocol = await super().create_connection(*args, **options)
        self._opened.add(transport)
        return transport, protocol

    async def start_tls(self, *args: Any, **options: Any) -> Any:
        transport = await super().start_tls(*args, **options)
        if transport is not None:
            self._opened.add(transport)
        return transport

    def close(self) -> None:
        if not self.is_closed():
            for transport in list(self._opened):
                if transport.is_closing():
                    transport.abort()
            self.run_until_complete(
                asyncio.sleep(0)
            )  # aborted and closed ones let go of their sockets
        super().close()


class ClosingLoops(asyncio.DefaultEventLoopPolicy):
    """The policy by which `asyncio.run`, pytest-asyncio and AnyIO make their loops."""

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        return ClosingLoop()
