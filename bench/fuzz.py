"""`python -m bench.fuzz`: what the gateway makes of what no honest client sends, by the million.

Start-up and password packets are made by a seeded chance: truncated, oversized, out of order, with
zeros and bytes where none belong, tokens of every broken shape. `read_in_process` hands them to the
gateway's own readers without a network; `send` says them to a running emulator, TLS and all.
Whatever comes, a login is refused in words or the line is closed; nothing else may come of it.
"""

import asyncio
import base64
import contextlib
import gc
import json
import logging
import random
import re
import socket
import ssl
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from lakepass import Lakebase
from lakepass.emulator import Emulator, running_emulator
from lakepass.emulator.config import Config
from lakepass.emulator.faults.conditions import AccessList, Compute
from lakepass.emulator.gateway import server as gateway
from lakepass.emulator.gateway import wire
from lakepass.emulator.gateway.hosts import Host
from lakepass.emulator.gateway.link import Link
from lakepass.emulator.gateway.refusals import Dialect, Refused
from lakepass.emulator.gateway.routes import Route, Server
from lakepass.emulator.gateway.server import Gateway
from lakepass.emulator.gateway.sessions import Sessions
from lakepass.emulator.identity.authority import server_context
from lakepass.emulator.identity.tokens import SigningKey, Tokens
from lakepass.emulator.state import GeneratedValues, WorkspaceState

INPUTS, CONNECTIONS = 1_000_000, 5_000
AT_ONCE = 16
PATIENCE_S = 0.5  # of the gateway while it is fuzzed; 15 s otherwise
END_S = 20.0  # by then a connection has ended

SSL_REQUEST = struct.pack("!II", 8, wire.SSL_REQUEST)
_CODES = (wire.PROTOCOL_3_0, 196610, 131072, wire.SSL_REQUEST, 80877104, wire.CANCEL_REQUEST, 0)
_NAMES = (b"user", b"database", b"options", b"replication", b"role", b"_pq_.x", b"", b"\xff\xfe")
_VALUES = (
    b"x",
    b"developer@example.com",
    b"databricks_postgres",
    b"",
    b"\xc3\x28",
    b"{role}{0}",
    b"%s",
)


@dataclass(frozen=True)
class Secret:
    """What was sent as the password, and must not be seen again."""

    sent: bytes

    def is_in(self, said: bytes | str) -> bool:
        """Whether it can be read there. What is shorter than a secret may be there by chance."""
        told = said.encode(errors="surrogateescape") if isinstance(said, str) else said
        return len(self.sent) >= 12 and self.sent in told


class Inputs:
    """Packets by chance. key, subject, workspace: for tokens that are signed as they should be."""

    def __init__(
        self, chance: random.Random, key: SigningKey, workspace: str, subject: str
    ) -> None:
        self._chance = chance
        self._key = key
        self._workspace = workspace
        self._subject = subject

    def opening(self) -> bytes:
        """Instead of the request for TLS."""
        code = self._chance.choice(_CODES)
        length = self._chance.choice((8, 16, 12, 4, 0, 9_999, 10_000, 1 << 31, self._bits(32)))
        greeting = bytes.fromhex("16030100c8010000c4") + self._bytes(300)
        return self._chance.choice(
            (
                struct.pack("!II", length, code) + self._bytes(20),
                SSL_REQUEST + self._bytes(30),
                struct.pack("!II", 16, wire.CANCEL_REQUEST) + self._bytes(16),
                greeting,
                self._bytes(40),
                b"GET / HTTP/1.1\r\n\r\n",
            )
        )

    def startup(self) -> bytes:
        """A start-up packet, or what may stand in its place."""
        code = wire.PROTOCOL_3_0 if self._chance.random() < 0.7 else self._chance.choice(_CODES)
        body = struct.pack("!I", code) + self._pairs()
        length = len(body) + 4
        if self._chance.random() < 0.2:
            length = self._chance.choice((0, 4, 8, 9_999, 10_000, self._bits(32), length + 3))
        return self._bent(struct.pack("!I", length) + body)

    def password(self) -> tuple[bytes, Secret]:
        """A password packet, or what may stand in its place, and the secret in it."""
        text = self._chance.choice((self._token, self._token, self._text))()
        body = text + self._chance.choice((*(b"\0",) * 20, b"", b"\0\0", b"\0x\0"))
        length = len(body) + 4
        if self._chance.random() < 0.1:
            length = self._chance.choice((0, 4, 5, 65_535, 65_536, self._bits(32), length + 1))
        kind = b"p" if self._chance.random() < 0.95 else self._bytes(1)
        return self._bent(kind + struct.pack("!I", length) + body), Secret(text)

    def _token(self) -> bytes:
        return self._chance.choice((self._forged, self._forged, self._mangled, self._signed))()

    def _forged(self) -> bytes:
        """Three parts like a JWT's, each as it should be or not."""
        header: dict[str, Any] = {
            "alg": self._chance.choice(("RS256", "none", "HS256", "RS512", "", None, 7, [], {})),
            "kid": self._chance.choice(
                (self._key.kid, "", "k" * 40_000, 7, None, [], {"a": 1}, "\0")
            ),
            "typ": self._chance.choice(("JWT", None, 1, "\ud800")),
        }
        if self._chance.random() < 0.2:
            header |= self._chance.choice(
                ({"b64": False}, {"crit": ["x"]}, {"crit": "x"}, {"zip": 1})
            )
        for name in list(header):
            if self._chance.random() < 0.1:
                del header[name]
        parts = [self._part(header), self._part(self._claims()), self._bytes(300)]
        return b".".join(map(_base64url, parts))

    def _part(self, value: dict[str, Any]) -> bytes:
        plain = json.dumps(value).encode()
        deep = self._chance.choice((200, 5_000, 20_000))
        return self._chance.choice(
            (
                *(plain,) * 12,
                plain[: self._bits(6)],
                b"[" * deep,
                b'{"a":' * (deep // 5) + b"1",
                b"9" * 5_000,
                b"null",
                b"[]",
                b'"\\ud800"',
                b"\xff\xfe" + plain,
                plain.decode().encode("utf-16"),
                b'{"kid": 1e999, "alg": Infinity}',
            )
        )

    def _claims(self) -> dict[str, Any]:
        """As issued, and then something is missing or of another kind."""
        claims: dict[str, Any] = {
            "iss": "x",
            "aud": self._workspace,
            "sub": self._subject,
            "iat": int(time.time()),
            "exp": int(time.time()) + 3600,
            "jti": str(self._bits(60)),
            "scope": "database-credential",
        }
        odd: tuple[Any, ...] = (
            None,
            [],
            {},
            "",
            0,
            -1,
            1e300,
            float("inf"),
            float("nan"),
            True,
            "\0",
            "x" * 9_000,
        )
        for name in self._chance.sample(sorted(claims), self._chance.randrange(4)):
            if self._chance.random() < 0.3:
                del claims[name]
            else:
                claims[name] = self._chance.choice((*odd, [claims[name]], [self._bits(8)]))
        return claims | ({"nbf": self._chance.choice(odd)} if self._chance.random() < 0.1 else {})

    def _signed(self) -> bytes:
        """Odd claims under a signature that fits: whoever holds the key could send them."""
        return self._key.sign(self._claims()).encode()[: -self._bits(1) or None]

    def _mangled(self) -> bytes:
        text = bytearray(self._forged())
        for _ in range(self._chance.randrange(4)):
            text[self._chance.randrange(len(text))] = self._bits(8)
        return bytes(text).replace(b"\0", b".")

    def _text(self) -> bytes:
        length = self._chance.choice((0, 1, 36, 36, 36, 1_000, 65_530))
        return self._chance.choice(
            (b"dapi" + b"0f" * 16, b"x" * length, b"." * length, self._bytes(80))
        )

    def _pairs(self) -> bytes:
        pairs = b"".join(
            self._chance.choice(_NAMES) + b"\0" + self._chance.choice(_VALUES) + b"\0"
            for _ in range(self._chance.randrange(6))
        )
        return pairs + self._chance.choice((*(b"\0",) * 12, b"", b"\0\0", b"lost\0", b"lost"))

    def _bent(self, packet: bytes) -> bytes:
        """The packet, or a part of it, or more than it."""
        at = self._chance.randrange(len(packet) + 1)
        bent = (packet[:at], packet + self._bytes(20), packet[:at] + self._bytes(4) + packet[at:])
        return packet if self._chance.random() < 0.8 else self._chance.choice(bent)

    def _bytes(self, most: int) -> bytes:
        return self._chance.randbytes(self._chance.randint(1, most))

    def _bits(self, count: int) -> int:
        return self._chance.getrandbits(count)


class _Deaf(asyncio.Transport):
    """The other end of a line on which all is said already."""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        pass

    def pause_reading(self) -> None:
        pass

    def is_closing(self) -> bool:
        return False


class Broken(AssertionError):
    """The gateway did what it must not do, with the input that made it."""


class Reader:
    """The gateway's own steps of a login, one packet at a time, without a network."""

    def __init__(
        self, gateway: Gateway, route: Route, inputs: Inputs, chance: random.Random
    ) -> None:
        self._gateway = gateway
        self._route = route
        self._inputs = inputs
        self._chance = chance
        self.seen: Counter[str] = Counter()

    async def read(self) -> None:
        """One input. Raises Broken."""
        kind = self._chance.random()
        if kind < 0.1:
            packet, secret = self._inputs.opening(), Secret(b"")
            step = self._open(packet)
        elif kind < 0.5:
            packet, secret = self._inputs.startup(), Secret(b"")
            step = self._start_up(packet)
        else:
            packet, secret = self._inputs.password()
            step = self._check(packet)
        try:
            await step
            came = "taken"
        except Refused as refused:
            came = _message(refused.packet, packet, secret)
        except ConnectionResetError:
            came = "the line ends before the packet does"
        except Exception as error:
            raise Broken(f"{type(error).__name__} {error}, on {packet.hex()}") from error
        self.seen[came] += 1

    async def _open(self, packet: bytes) -> None:
        await self._gateway._encrypt(_heard(packet), self._route.dialect)

    async def _start_up(self, packet: bytes) -> None:
        """What was read must read the same when Postgres is told."""
        told = await self._gateway._startup(_heard(packet), self._route.dialect)
        if told is not None and wire.startup_parameters(wire.startup_packet(told)[8:]) != told:
            raise Broken(f"read otherwise by Postgres: {packet.hex()}")

    async def _check(self, packet: bytes) -> None:
        password = await self._gateway._password(_heard(packet), self._route.dialect)
        await self._gateway._check(password, "someone", self._route)


def _heard(packet: bytes) -> Link:
    """A line on which this was said, and then it was closed."""
    link = Link()
    link.connection_made(_Deaf())
    link.data_received(packet)
    link.connection_lost(None)
    return link


def _message(packet: bytes, sent: bytes, secret: Secret) -> str:
    """The text of a refusal. Raises Broken if it is none, or shows the secret."""
    whole = packet[:1] == wire.ERROR and wire.integer(packet[1:5]) == len(packet) - 1
    fields = wire.error_fields(packet[5:])
    if not whole or not {"S", "V", "C", "M"} <= fields.keys():
        raise Broken(f"{packet!r} is no refusal, on {sent.hex()}")
    if secret.is_in(packet):
        raise Broken(f"the secret is in the refusal, on {sent.hex()}")
    return re.sub(r"\d+(\.\d+)?", "…", fields["M"], count=1)


async def read_in_process(emulator: Emulator, inputs: int, *, seed: int) -> Counter[str]:
    """How so many inputs are answered by the readers of a gateway like the emulator's."""
    chance = random.Random(seed)
    key = SigningKey.kept_in(emulator.data / "signing-key.pem")
    state = WorkspaceState(Config(), GeneratedValues(emulator.data / "workspace.json"))
    names = Inputs(chance, key, state.workspace_id, state.app.name)
    admin = asyncpg.create_pool(**emulator.admin_dsn_kwargs, min_size=0, max_size=1)
    async with admin:
        tls = server_context(emulator.data, ())
        tokens = Tokens(key, state.workspace_id)
        gateway = Gateway(
            state=state, tokens=tokens, access=AccessList(), sessions=Sessions(), tls=tls
        )
        route = Route(
            host=Host("localhost", 0),
            compute=Compute(),
            server=Server(Path(emulator.admin_dsn_kwargs["host"], ".s.PGSQL.5432"), admin),
            dialect=Dialect.DIRECT,
        )
        reader = Reader(gateway, route, names, chance)
        for _ in range(inputs):
            await reader.read()
    return reader.seen


class Caller:
    """Calls at a running emulator and misbehaves at one of the steps."""

    def __init__(self, emulator: Emulator, seed: int) -> None:
        self._emulator = emulator
        self._chance = random.Random(seed)
        key = SigningKey.kept_in(emulator.data / "signing-key.pem")
        state = WorkspaceState(Config(), GeneratedValues(emulator.data / "workspace.json"))
        self._inputs = Inputs(self._chance, key, state.workspace_id, state.app.name)
        self._user = state.app.name
        self.secrets: list[Secret] = []

    def call(self) -> str:
        """One connection, which must end. Returns how. Raises Broken."""
        with contextlib.ExitStack() as stack:
            name = self._chance.choice(("127.0.0.1", self._emulator.host("local").name))
            address = (name, self._emulator.gateway_port)
            line = stack.enter_context(socket.create_connection(address, timeout=END_S))
            secret = Secret(b"")
            try:
                step = self._chance.random()
                if step < 0.2:
                    self._say(line, self._inputs.opening())
                else:
                    line.sendall(SSL_REQUEST)
                    line.recv(1)
                    if step < 0.35:
                        self._say(line, self._chance.randbytes(self._chance.randrange(600)))
                    else:
                        line = stack.enter_context(self._encrypted(line))
                        secret = self._log_in(line, step)
                return self._end(line, secret)
            except TimeoutError as error:
                raise Broken(f"a connection hangs, secret {secret}") from error
            except OSError as error:
                return f"closed: {type(error).__name__}"

    def _encrypted(self, line: socket.socket) -> ssl.SSLSocket:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if self._chance.random() < 0.1:
            context.set_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256:@SECLEVEL=0")
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        name = self._chance.choice(("localhost",) * 8 + (None, "a" * 63 + ".example"))
        return context.wrap_socket(line, server_hostname=name)

    def _log_in(self, line: socket.socket, step: float) -> Secret:
        """Through TLS: odd start-up packets, or a sound one and an odd password."""
        if step < 0.6:
            self._say(line, self._inputs.startup())
            return Secret(b"")
        pairs = {"user": self._user, "database": "databricks_postgres"}
        line.sendall(wire.startup_packet(pairs))
        packet, secret = self._inputs.password()
        self.secrets.append(secret)
        self._say(line, packet)
        return secret

    def _say(self, line: socket.socket, data: bytes) -> None:
        """At once, in pieces, or slower than the gateway waits."""
        how = self._chance.random()
        at = self._chance.randrange(len(data) + 1)
        for part in (data[:at], data[at:]) if how < 0.3 else (data,):
            line.sendall(part)
        if how > 0.97:
            time.sleep(PATIENCE_S * 1.2)
        elif how > 0.7:
            line.shutdown(socket.SHUT_WR)

    def _end(self, line: socket.socket, secret: Secret) -> str:
        """Read to the end. Raises Broken if the secret comes back."""
        said = b""
        while part := line.recv(65_536):
            said += part
            if said.endswith(b"Z\0\0\0\x05I"):
                return "logged in"  # a token that was sound after all
        if secret.is_in(said):
            raise Broken("the secret came back")
        return "refused in words" if b"E\0\0" in said else "closed"


class _Records(logging.Handler):
    """Keeps what anything logs."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(self.format(record))


def send(emulator: Emulator, connections: int, *, seed: int) -> Counter[str]:
    """How so many connections end. Raises Broken if anything is left of one, or logged."""
    records, root = _Records(), logging.getLogger()
    root.addHandler(records)
    patience, gateway.HANDSHAKE_S = gateway.HANDSHAKE_S, PATIENCE_S
    callers = [Caller(emulator, seed * AT_ONCE + number) for number in range(AT_ONCE)]
    loop = emulator._services.loop
    files, tasks = _open_files(), len(asyncio.all_tasks(loop))
    try:
        with ThreadPoolExecutor(AT_ONCE) as threads:
            calls = [threads.submit(callers[n % AT_ONCE].call) for n in range(connections)]
            ends = Counter(call.result() for call in calls)
        _await(lambda: len(asyncio.all_tasks(loop)) <= tasks, "tasks go on")
        _await(lambda: _open_files() <= files + 2, "files stay open")  # of the gateway's own pool
        gc.collect()  # whatever failed unseen is told now
        time.sleep(0.1)
    finally:
        gateway.HANDSHAKE_S = patience
        root.removeHandler(records)
    if records.texts:
        raise Broken(f"{len(records.texts)} log lines, the first: {records.texts[0]}")
    log = (emulator.data / "postgres.log").read_text(errors="surrogateescape")
    if any(secret.is_in(log) for caller in callers for secret in caller.secrets):
        raise Broken("a secret is in Postgres's log")
    return ends


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def _await(condition: Callable[[], bool], otherwise: str) -> None:
    for _ in range(int(END_S / 0.05)):
        if condition():
            return
        time.sleep(0.05)
    raise Broken(otherwise)


def main() -> None:
    """Fuzz, print how it was answered, and log in. Arguments: the seed, the inputs, the connections."""
    said = [int(argument) for argument in sys.argv[1:]]
    seed, inputs, connections = (*said, *(1, INPUTS, CONNECTIONS)[len(said) :])
    with running_emulator() as emulator:
        began = time.perf_counter()
        seen = asyncio.run(read_in_process(emulator, inputs, seed=seed))
        print(
            f"{seen.total():,} inputs in process, seed {seed}: {time.perf_counter() - began:.0f} s"
        )
        print("\n".join(f"  {count:>9,}  {what}" for what, count in seen.most_common()))
        began = time.perf_counter()
        ends = send(emulator, connections, seed=seed)
        print(f"{ends.total():,} connections: {time.perf_counter() - began:.0f} s")
        print("\n".join(f"  {count:>9,}  {what}" for what, count in ends.most_common()))
        Lakebase.from_env(emulator.environment()).psycopg_connect().close()


def _base64url(value: bytes) -> bytes:
    return base64.urlsafe_b64encode(value).rstrip(b"=")


if __name__ == "__main__":
    main()
