"""Postgres's wire protocol as far as a login needs it: packets in and out, no I/O.

Source: PostgreSQL docs, "Frontend/Backend Protocol", message formats.
"""

import re
import secrets
import struct
from dataclasses import dataclass

SSL_REQUEST = 80877103
CANCEL_REQUEST = 80877102
CANCEL_REQUEST_LENGTH = 16
PROTOCOL_3_0 = 3 << 16
NAME_BYTES = 63

ACCEPT_TLS = b"S"
PASSWORD_REQUEST = b"R" + struct.pack("!II", 8, 3)  # AuthenticationCleartextPassword

BACKEND_KEY = b"K"
ERROR = b"E"
PASSWORD = b"p"
READY = b"Z"

_INT = struct.Struct("!I")
_OPTION = re.compile(r"(?:\\.|[^\s\\])+", re.DOTALL)  # a backslash escapes the next character


@dataclass(frozen=True, slots=True)
class Message:
    """One message after the startup phase: its type (one byte) and what follows the length."""

    kind: bytes
    body: bytes

    def encoded(self) -> bytes:
        """The bytes on the wire."""
        return self.kind + _INT.pack(len(self.body) + 4) + self.body


@dataclass(frozen=True, slots=True)
class CancelKey:
    """The eight bytes (protocol 3.0) of BackendKeyData that a CancelRequest must repeat."""

    value: bytes

    @classmethod
    def random(cls) -> "CancelKey":
        """An unused key. Its first half is shown as a process id, so it is never negative."""
        return cls(_INT.pack(secrets.randbelow(1 << 31)) + secrets.token_bytes(4))

    def request(self) -> bytes:
        """The packet that cancels the running statement of this session."""
        return struct.pack("!II", CANCEL_REQUEST_LENGTH, CANCEL_REQUEST) + self.value


def integer(data: bytes) -> int:
    """Four bytes as a number, big-endian."""
    value: int = _INT.unpack(data)[0]
    return value


def startup_parameters(body: bytes) -> dict[str, str]:
    """What follows the protocol version in a startup packet: NUL-terminated pairs, then a NUL.

    Raises ValueError for anything else. Source: PostgreSQL, src/backend/tcop/backend_startup.c.
    """
    *texts, rest = body.split(b"\0")
    names, values = texts[::2], texts[1::2]
    if rest or len(names) == len(values) or names[-1] or b"" in names[:-1]:
        raise ValueError("expected terminator as last byte")
    return {_text(name): _text(value) for name, value in zip(names, values, strict=False)}


def without_endpoint(parameters: dict[str, str]) -> tuple[dict[str, str], str | None]:
    """Startup parameters as Postgres accepts them, and the endpoint that their `options` name.

    `endpoint=…` (and the older `project=…`) in the options is for the proxy, which removes
    it. Source: github.com/neondatabase/neon, proxy/src/auth/password_hack.rs, and PostgreSQL,
    src/backend/utils/init/postinit.c, for the separators.
    """
    options = _OPTION.findall(parameters.get("options", ""))
    named = [one for one in options if one.startswith(("endpoint=", "project="))]
    if not named:
        return parameters, None
    others = " ".join(one for one in options if one not in named)
    rest = {name: value for name, value in parameters.items() if name != "options"}
    return rest | ({"options": others} if others else {}), named[0].partition("=")[2]


def truncated(parameters: dict[str, str]) -> dict[str, str]:
    """With the names of role and database as Postgres looks for them (PostgreSQL,
    src/backend/tcop/backend_startup.c): no longer than NAME_BYTES."""
    return {
        name: _shortened(value) if name in ("user", "database") else value
        for name, value in parameters.items()
    }


def _shortened(name: str) -> str:
    data = name.encode(errors="surrogateescape")
    return name if len(data) <= NAME_BYTES else data[:NAME_BYTES].decode(errors="ignore")


def _text(data: bytes) -> str:
    return data.decode(errors="surrogateescape")


def startup_packet(parameters: dict[str, str]) -> bytes:
    """The packet with which a client opens a session."""
    pairs = b"".join(
        part.encode(errors="surrogateescape") + b"\0"
        for pair in parameters.items()
        for part in pair
    )
    return struct.pack("!II", len(pairs) + 9, PROTOCOL_3_0) + pairs + b"\0"


def error_response(severity: str, code: str, text: str, detail: str | None = None) -> bytes:
    """An ErrorResponse with the fields that every client reads."""
    fields = {"S": severity, "V": severity, "C": code, "M": text}
    if detail:
        fields["D"] = detail
    body = "".join(f"{key}{value}\0" for key, value in fields.items()) + "\0"
    return Message(ERROR, body.encode(errors="surrogateescape")).encoded()


def error_fields(body: bytes) -> dict[str, str]:
    """The fields of an ErrorResponse by their one-letter names."""
    parts = body.decode(errors="surrogateescape").split("\0")
    return {part[0]: part[1:] for part in parts if part}
