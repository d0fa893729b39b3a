"""The server: uvicorn, with limits of time for what a client sends and for what it takes."""

import asyncio
import errno
import socket
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_WITHIN_S = 10.0
"""From the opening of a connection, or the first byte of a later request, to the end of the head."""
MAX_HEAD_BYTES = 64_000
BODY_WITHIN_S = 30.0
TAKEN_WITHIN_S = 30.0
"""How long a client may leave the bytes of a response unread that no buffer holds any more."""
IDLE_S = 75
"""How long a connection stays open between two requests.

Longer than clients and proxies keep theirs (httpx 5 s, nginx and AWS load balancers 60 s): if the server
closes first, a request that is just being sent on that connection is lost.
"""


def config(app: Any, **options: Any) -> uvicorn.Config:
    """How the shop is served. options: as for `uvicorn.Config`, and they win over ours."""
    ours = {
        "http": Connection,
        "ws": "none",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        # A client on this machine could otherwise choose its address, by X-Forwarded-For.
        "proxy_headers": False,
        "timeout_keep_alive": IDLE_S,
    }
    return uvicorn.Config(app, **{**ours, **options})


class Connection(HttpToolsProtocol):
    """A client's connection that is closed if it is not used.

    uvicorn limits only the time between two requests: a connection on which half a head was sent, or
    nothing at all, stays open forever.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._timer: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._head_bytes: int | None = None  # of a head that has begun and not ended

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._expect_within(HEAD_WITHIN_S)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._expect_nothing()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; bytes after a response are the beginning of the next head."""
        is_between_requests = self.cycle is None or self.cycle.response_complete
        if is_between_requests and self._timer is None:
            self._expect_within(HEAD_WITHIN_S)
        super().data_received(data)
        if self._head_bytes is not None:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self.transport.write(_HEAD_TOO_LARGE)
                self.transport.close()

    def on_message_begin(self) -> None:
        """A head begins; it may have come in the same bytes as the request before it."""
        self._head_bytes = 0
        if self._timer is None:
            self._expect_within(HEAD_WITHIN_S)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is there: begin to wait for the body."""
        self._head_bytes = None
        self._expect_within(BODY_WITHIN_S)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is there: from now on the shop is being waited for."""
        self._expect_nothing()
        super().on_message_complete()

    def pause_writing(self) -> None:
        """The client does not read what was sent: wait, but not forever."""
        super().pause_writing()
        self._stalled = self.loop.call_later(TAKEN_WITHIN_S, self.transport.abort)

    def resume_writing(self) -> None:
        """The client takes what is sent."""
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
        super().resume_writing()

    def _expect_within(self, seconds: float) -> None:
        self._expect_nothing()
        self._timer = self.loop.call_later(seconds, self.transport.close)

    def _expect_nothing(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


_HEAD_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)


def why_not_listen(host: str, port: int) -> str | None:
    """Why we cannot listen there, and what to do about it; None if we can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                return f"Cannot listen on {host}, port {port}: {error.strerror or error}."
            other = port + 1 if port < 65_535 else 8_000
            return (
                f"Port {port} is taken by another program. End that, or choose another port: "
                f"`make run PORT={other}`, or `storefront serve --port {other}`."
            )
    return None
