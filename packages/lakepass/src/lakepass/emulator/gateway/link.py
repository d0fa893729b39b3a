"""One end of a session: read message by message during the login, then piped to the other end."""

import asyncio
import ssl
from collections.abc import Callable
from typing import cast

# During the login, reading pauses above this many buffered bytes; the longest packet that a client may
# send then is a password of 65,535 bytes.
_LOGIN_BUFFER = 1 << 17


class Link(asyncio.Protocol):
    """A transport with a reader for the login and a pipe for what comes after.

    A joined pair applies back-pressure: one end is not read while the other cannot keep up writing.
    """

    transport: asyncio.Transport

    def __init__(self, connected: Callable[["Link"], None] | None = None) -> None:
        self._connected = connected
        self._buffer = bytearray()
        self._more = asyncio.Event()
        self._other: Link | None = None
        self._is_ahead = False  # of the other end, which has not yet written what was read here
        self._is_frozen = False
        self.closed = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Store the transport; the gateway starts its handshake."""
        self.transport = cast("asyncio.Transport", transport)
        if self._connected is not None:
            self._connected(self)

    def data_received(self, data: bytes) -> None:
        """Pass the bytes on, or buffer them for `read`."""
        if self._other is not None:
            if not self._other.transport.is_closing():
                self._other.transport.write(data)
            return
        self._buffer += data
        self._more.set()
        if len(self._buffer) > _LOGIN_BUFFER:
            self.transport.pause_reading()

    def connection_lost(self, _: Exception | None) -> None:
        """Close the other end once its buffer is sent."""
        self.closed.set()
        self._more.set()
        other, self._other = (
            self._other,
            None,
        )  # a reference cycle would keep both in memory, with their TLS
        if other is not None:
            other.close()

    def pause_writing(self) -> None:
        """Stop reading from the other end until this one has caught up."""
        if self._other is not None:
            self._other._hold_back(True)

    def resume_writing(self) -> None:
        """Read from the other end again."""
        if self._other is not None:
            self._other._hold_back(False)

    @property
    def is_frozen(self) -> bool:
        """Whether reading is stopped."""
        return self._is_frozen

    @is_frozen.setter
    def is_frozen(self, is_frozen: bool) -> None:
        self._is_frozen = is_frozen
        self._hold_back(self._is_ahead)

    def _hold_back(self, is_ahead: bool) -> None:
        self._is_ahead = is_ahead
        if self.transport.is_closing():
            return
        if self._is_ahead or self._is_frozen:
            self.transport.pause_reading()
        else:
            self.transport.resume_reading()

    def close(self) -> None:
        """Close once everything is sent. Safe to call more than once.

        asyncio's TLS transport takes one `close` only: a second makes every later call fail.
        """
        if not self.transport.is_closing():
            self.transport.resume_reading()  # a paused end would not notice
            self.transport.close()

    @property
    def waiting(self) -> int:
        """How many bytes are buffered."""
        return len(self._buffer)

    async def read(self, count: int) -> bytes:
        """Exactly `count` bytes. Raises ConnectionResetError if the end closes first."""
        while len(self._buffer) < count:
            if self.closed.is_set():
                raise ConnectionResetError
            self._more.clear()
            await self._more.wait()
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    async def encrypt(self, context: ssl.SSLContext, deadline_s: float) -> None:
        """Start TLS as the server. Raises OSError (ssl.SSLError) if that fails."""
        upgraded = await asyncio.get_running_loop().start_tls(
            self.transport,
            self,
            context,
            server_side=True,
            ssl_handshake_timeout=deadline_s,
            ssl_shutdown_timeout=1.0,
        )
        if upgraded is None:  # the client left during the handshake
            raise ConnectionResetError
        self.transport = upgraded

    def join(self, other: "Link") -> None:
        """Pipe both ends into each other."""
        self._other, other._other = other, self
        for one, two in ((self, other), (other, self)):
            if one._buffer:
                two.transport.write(bytes(one._buffer))
                one._buffer.clear()
            if not one.transport.is_closing():
                one.transport.resume_reading()  # it may have filled its buffer during the login
            if one.closed.is_set():
                two.close()
