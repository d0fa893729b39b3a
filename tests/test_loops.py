"""A connection that a test closed is gone with its loop, whatever the other side does."""

import asyncio
import gc
import socket
import ssl
import threading
import warnings
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any

import pytest
import trustme

Connect = Callable[[], Awaitable[asyncio.BaseTransport]]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Connects by TLS to a server that never confirms that a connection was closed."""
    authority = trustme.CA()
    ours, theirs = ssl.create_default_context(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.configure_trust(ours)
    authority.issue_cert("localhost").configure_cert(theirs)
    tested = threading.Event()

    def serve() -> None:
        plain, _ = listener.accept()
        with theirs.wrap_socket(plain, server_side=True):
            assert tested.wait(60)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=serve)
        server.start()
        port = listener.getsockname()[1]

        async def connected() -> asyncio.BaseTransport:
            loop = asyncio.get_running_loop()
            transport, _ = await loop.create_connection(
                asyncio.Protocol, "127.0.0.1", port, ssl=ours, server_hostname="localhost"
            )
            return transport

        yield connected
        tested.set()
        server.join()


def warned(session: Coroutine[Any, Any, None]) -> list[str]:
    gc.collect()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        asyncio.run(session)
        gc.collect()
    return [str(warning.message) for warning in caught]


def test_one_that_was_closed_leaves_nothing(connect: Connect) -> None:
    async def session() -> None:
        (await connect()).close()

    assert warned(session()) == []


def test_one_that_was_not_closed_is_still_reported(connect: Connect) -> None:
    async def session() -> None:
        await connect()

    assert any("unclosed transport" in message for message in warned(session()))
