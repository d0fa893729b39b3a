"""The network checks before login: host name, port, TLS."""

import socket
import ssl
import struct
import time
from typing import Any

from lakepass.doctor.situation import Findings, Situation, Skipped
from lakepass.errors import LakepassError
from lakepass.refusals import classify, classify_error
from lakepass.target.settings import tls_context

ANSWER_S = 4.0
_SSL_REQUEST = struct.pack("!II", 8, 80877103)  # PostgreSQL docs, “Message Formats”
_LONGEST_REFUSAL = 2000


def name_resolves(situation: Situation, findings: Findings) -> None:
    """Resolve the host name."""
    host = situation.host
    port = situation.target.port if situation.target else 0
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        findings.saw(f"{host}: {error.strerror or error}")
        findings.fault("LP-505", f"The host name {host} does not resolve.")
        return
    situation.addresses = list(dict.fromkeys((str(one[4][0]), int(one[4][1])) for one in found))
    findings.saw(f"{host}: {', '.join(address for address, _ in situation.addresses)}")


def port_answers(situation: Situation, findings: Findings) -> None:
    """Open a connection to each address until one succeeds, as drivers do."""
    if not situation.addresses:
        raise Skipped("the host name does not resolve")
    failures: list[OSError] = []
    for address in situation.addresses:
        began = time.monotonic()
        try:
            socket.create_connection(address, ANSWER_S).close()
        except OSError as error:
            failures.append(error)
            findings.saw(f"{address[0]} port {address[1]}: {error.strerror or error}")
        else:
            took_ms = (time.monotonic() - began) * 1000
            findings.saw(f"{address[0]} port {address[1]} responds in {took_ms:.0f} ms")
            situation.addresses = [address]
            return
    situation.addresses = []
    findings.fault(classify_error(failures[-1]).code)


def tls_is_good(situation: Situation, findings: Findings) -> None:
    """Request TLS as Postgres clients do, and check authority, name and protocol."""
    _encrypt(situation, findings)
    situation.tls_failed = bool(findings.faults)
    if situation.addresses:
        situation.is_publicly_trusted = _is_publicly_trusted(situation)


def _encrypt(situation: Situation, findings: Findings) -> None:
    target, host = situation.target, situation.host
    if target is None or not situation.addresses:
        raise Skipped("the port does not respond")
    try:
        context = tls_context(target)
    except LakepassError as error:
        findings.fault_of(error)
        return
    if context is None:
        raise Skipped("PGSSLMODE=disable")
    try:
        with socket.create_connection(situation.addresses[0], ANSWER_S) as line:
            line.sendall(_SSL_REQUEST)
            answer = line.recv(1)
            if answer != b"S":
                message = _rest(line) if answer == b"E" else ""
                findings.saw(f"the server does not accept TLS{': ' if message else ''}{message}")
                code = classify(message).code if message else "LP-409"
                findings.fault("LP-409" if code == "LP-499" else code)
                return
            with context.wrap_socket(line, server_hostname=host) as encrypted:
                _tell(encrypted, context, findings)
    except ssl.SSLCertVerificationError as error:
        findings.saw(f"mode {target.sslmode}: {error.verify_message}")
        findings.fault("LP-408", because=error.verify_message)
    except OSError as error:
        findings.saw(f"{type(error).__name__}: {error}")
        findings.fault(classify_error(error).code)


def _is_publicly_trusted(situation: Situation) -> bool | None:
    """Whether the system's authorities trust the server's certificate; None without TLS."""
    context = ssl.create_default_context()
    try:
        with socket.create_connection(situation.addresses[0], ANSWER_S) as line:
            line.sendall(_SSL_REQUEST)
            if line.recv(1) != b"S":
                return None
            with context.wrap_socket(line, server_hostname=situation.host):
                return True
    except ssl.SSLError:
        return False
    except OSError:
        return None


def _tell(line: ssl.SSLSocket, context: ssl.SSLContext, findings: Findings) -> None:
    cipher = line.cipher()
    findings.saw(f"{line.version()}, {cipher[0] if cipher else 'no cipher'}")
    certificate = line.getpeercert()
    if not certificate or context.verify_mode is ssl.CERT_NONE:
        findings.saw("the certificate was not checked")
        return
    parts: Any = certificate.get("issuer", ())
    issuer = {key: value for part in parts for key, value in part}
    names: Any = certificate.get("subjectAltName", ())
    findings.saw(f"certificate for {', '.join(str(name) for _, name in names)}")
    by = issuer.get("commonName") or issuer.get("organizationName")
    findings.saw(f"by {by}, valid until {certificate.get('notAfter')}")


def _rest(line: socket.socket) -> str:
    """What the server sent instead: an ErrorResponse, or plain text from an older server."""
    return line.recv(_LONGEST_REFUSAL).decode(errors="replace").replace("\0", " ").strip()
