"""The first packets of a connection, byte by byte: what the gateway takes and what it refuses."""

import socket
import ssl
import struct
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from lakepass.emulator import Emulator
from lakepass.emulator.gateway import server as gateway

SSL_REQUEST = struct.pack("!II", 8, 80877103)


@pytest.fixture
def plain(emulator: Emulator) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", emulator.gateway_port), timeout=10) as connection:
        yield connection


@pytest.fixture
def encrypted(plain: socket.socket) -> Iterator[ssl.SSLSocket]:
    with _encrypt(plain, "localhost") as connection:
        yield connection


def test_plaintext_startup_is_refused(plain: socket.socket) -> None:
    plain.sendall(_startup(196608, user="x"))
    assert _error(plain) == {
        "S": "FATAL",
        "V": "FATAL",
        "C": "08P01",
        "M": "Invalid protocol version. Protocol version: 196608",
        "D": "Ensure that connection is using SSL. "
        "Try using `sslmode=require` in the connection string.",
    }


def test_gss_encryption_is_refused(plain: socket.socket) -> None:
    plain.sendall(struct.pack("!II", 8, 80877104))
    assert _error(plain)["M"] == "Invalid protocol version. Protocol version: 80877104"


def test_direct_tls_is_refused(plain: socket.socket) -> None:
    plain.sendall(bytes.fromhex("16030100c8010000c4"))  # the beginning of a ClientHello
    error = _error(plain)
    assert (error["C"], error["M"]) == ("08P01", "Invalid length of startup packet.")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"sslmode": "disable"}, "Invalid protocol version. Protocol version: 196608"),
        ({"hostaddr": "127.0.0.1", "sslsni": "0"}, "Connection does not have SNI."),
        (
            {"min_protocol_version": "3.2", "max_protocol_version": "3.2"},
            "Unsupported frontend protocol 3.2. Server supports 3.0 to 3.0",
        ),
        ({"sslnegotiation": "direct"}, "SSL error"),  # it takes the refusal for broken TLS
    ],
    ids=lambda asked: "" if isinstance(asked, str) else ",".join(asked),
)
def test_libpq_is_refused_what_the_service_does_not_speak(
    emulator: Emulator, asked: dict[str, str], told: str
) -> None:
    usual = {"host": "localhost", "user": "x", "password": "x", "sslmode": "require"}
    with pytest.raises(psycopg.OperationalError) as refused:
        psycopg.connect(port=emulator.gateway_port, **usual | asked)  # type: ignore[arg-type] # a dict
    assert told in str(refused.value)


def test_request_for_tls_has_one_length(plain: socket.socket) -> None:
    plain.sendall(struct.pack("!III", 12, 80877103, 0))
    error = _error(plain)
    assert (error["C"], error["M"]) == ("08P01", "Invalid SSL request message length.")


def test_nothing_may_follow_the_request_for_tls_unasked(plain: socket.socket) -> None:
    plain.sendall(SSL_REQUEST + _startup(196608, user="x"))
    error = _error(plain)
    assert (error["C"], error["M"]) == ("08P01", "Received unencrypted data after SSL request.")


def test_host_must_be_named_in_the_tls_handshake(plain: socket.socket) -> None:
    with _encrypt(plain, None) as connection:
        connection.sendall(_startup(196608, user="x"))
        error = _error(connection)
    assert (error["S"], error["C"]) == ("FATAL", "08006")
    assert error["M"] == "Connection does not have SNI."
    assert error["D"] == "Please upgrade your client to support SNI."


def test_drivers_for_java_cannot_name_localhost_and_need_not(plain: socket.socket) -> None:
    with _encrypt(plain, None) as connection:
        connection.sendall(_startup(196608, user="x", DateStyle="ISO"))
        assert _exactly(connection, 9) == b"R" + struct.pack("!II", 8, 3)


@pytest.mark.parametrize(
    ("version", "name"), [(196610, "3.2"), (131072, "2.0"), (80877103, "1234.5679")]
)
def test_only_protocol_3_0_is_spoken(encrypted: ssl.SSLSocket, version: int, name: str) -> None:
    encrypted.sendall(_startup(version, user="x"))
    error = _error(encrypted)
    assert error["C"] == "0A000"
    assert error["M"] == f"Unsupported frontend protocol {name}. Server supports 3.0 to 3.0"


def test_startup_packet_must_be_short(encrypted: ssl.SSLSocket) -> None:
    encrypted.sendall(struct.pack("!I", 10_000))
    error = _error(encrypted)
    assert (error["C"], error["M"]) == ("08P01", "Invalid length of startup packet.")


def test_password_of_64_kb_is_read(encrypted: ssl.SSLSocket) -> None:
    _announce_password(encrypted, 65_535)
    encrypted.sendall(b"x" * 65_530 + b"\0")
    text = "Provided authentication token is not a valid JWT encoding"
    assert _error(encrypted)["M"] == text


def test_longer_password_is_not_read(encrypted: ssl.SSLSocket) -> None:
    _announce_password(encrypted, 65_536)
    assert _error(encrypted)["M"] == "invalid password packet size"


@pytest.mark.parametrize("body", [b"secret", b"secret\0\0", b"sec\0ret\0"])
def test_password_ends_with_its_only_zero(encrypted: ssl.SSLSocket, body: bytes) -> None:
    _announce_password(encrypted, len(body) + 4)
    encrypted.sendall(body)
    assert _error(encrypted)["M"] == "invalid password packet size"


def test_startup_packet_ends_with_a_zero(encrypted: ssl.SSLSocket) -> None:
    encrypted.sendall(struct.pack("!II", 14, 196608) + b"user\0x")
    text = "invalid startup packet layout: expected terminator as last byte"
    assert _error(encrypted)["M"] == text


def test_role_that_is_no_text_is_unknown(encrypted: ssl.SSLSocket, password: str) -> None:
    encrypted.sendall(struct.pack("!II", 16, 196608) + b"user\0\xff\0\0")
    _exactly(encrypted, 9)
    encrypted.sendall(b"p" + struct.pack("!I", len(password) + 5) + password.encode() + b"\0")
    kind, length = struct.unpack("!cI", _exactly(encrypted, 5))
    assert kind == b"E"
    assert b'\0Mrole "\xff" does not exist\0' in _exactly(encrypted, length - 4)


def test_something_else_than_a_password(encrypted: ssl.SSLSocket) -> None:
    encrypted.sendall(_startup(196608, user="x"))
    assert _exactly(encrypted, 9) == b"R" + struct.pack("!II", 8, 3)
    encrypted.sendall(b"Q" + struct.pack("!I", 4))
    assert _error(encrypted)["M"] == "expected password response, got message type 81"


def test_who_says_nothing_is_shown_out(
    plain: socket.socket, monkeypatch: pytest.MonkeyPatch, emulator: Emulator
) -> None:
    monkeypatch.setattr(gateway, "HANDSHAKE_S", 0.05)
    with socket.create_connection(("127.0.0.1", emulator.gateway_port), timeout=10) as silent:
        error = _error(silent)
    assert (error["C"], error["M"]) == ("08006", "Client handshake timeout.")


def test_cancelling_what_is_not_there_is_no_error(plain: socket.socket) -> None:
    plain.sendall(struct.pack("!IIII", 16, 80877102, 1, 2))
    assert plain.recv(1) == b""


def _startup(version: int, **parameters: str) -> bytes:
    pairs = b"".join(f"{name}\0{value}\0".encode() for name, value in parameters.items()) + b"\0"
    return struct.pack("!II", len(pairs) + 8, version) + pairs


def _encrypt(plain: socket.socket, name: str | None) -> ssl.SSLSocket:
    plain.sendall(SSL_REQUEST)
    assert plain.recv(1) == b"S"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(plain, server_hostname=name)


def _announce_password(connection: ssl.SSLSocket, length: int) -> None:
    connection.sendall(_startup(196608, user="x"))
    assert _exactly(connection, 9) == b"R" + struct.pack("!II", 8, 3)
    connection.sendall(b"p" + struct.pack("!I", length))


def _error(connection: Any) -> dict[str, str]:
    """The ErrorResponse that comes, after which the gateway must close."""
    kind, length = struct.unpack("!cI", _exactly(connection, 5))
    assert kind == b"E"
    fields = _exactly(connection, length - 4).decode().split("\0")
    return {field[0]: field[1:] for field in fields if field}


def _exactly(connection: Any, count: int) -> bytes:
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        assert part, f"closed after {data!r}"
        data += part
    return data
