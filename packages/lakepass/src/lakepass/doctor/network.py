"""The checks between here and the database that need no login: name, port, TLS."""

import socket
import ssl
import struct
import time
from typing import Any

from lakepass.doctor.patient import Notebook, Patient, Skipped
from lakepass.errors import LakepassError
from lakepass.refusals import classify, classify_error
from lakepass.target.settings import tls_context

ANSWER_S = 5.0
_SSL_REQUEST = struct.pack("!II", 8, 80877103)  # PostgreSQL docs, “Message Formats”
_LONGEST_REFUSAL = 2000


def name_resolves(patient: Patient, book: Notebook) -> None:
    """Ask the name service."""
    host = patient.host
    port = patient.target.port if patient.target else 0
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        book.saw(f"{host}: {error.strerror or error}")
        book.fault("LP-505", f"The host name {host} does not resolve.")
        return
    patient.addresses = list(dict.fromkeys((str(one[4][0]), int(one[4][1])) for one in found))
    book.saw(f"{host}: {', '.join(address for address, _ in patient.addresses)}")


def port_answers(patient: Patient, book: Notebook) -> None:
    """Open a connection to each address until one takes it, as drivers do."""
    if not patient.addresses:
        raise Skipped("the host name does not resolve")
    failures: list[OSError] = []
    for address in patient.addresses:
        began = time.monotonic()
        try:
            socket.create_connection(address, ANSWER_S).close()
        except OSError as error:
            failures.append(error)
            book.saw(f"{address[0]} port {address[1]}: {error.strerror or error}")
        else:
            took_ms = (time.monotonic() - began) * 1000
            book.saw(f"{address[0]} port {address[1]} answers in {took_ms:.0f} ms")
            patient.addresses = [address]
            return
    patient.addresses = []
    book.fault(classify_error(failures[-1]).code)


def tls_is_good(patient: Patient, book: Notebook) -> None:
    """Ask for TLS as Postgres clients do, and check authority, name and protocol."""
    _encrypt(patient, book)
    patient.tls_failed = bool(book.faults)


def _encrypt(patient: Patient, book: Notebook) -> None:
    target, host = patient.target, patient.host
    if target is None or not patient.addresses:
        raise Skipped("the port does not answer")
    try:
        context = tls_context(target)
    except LakepassError as error:
        book.fault_of(error)
        return
    if context is None:
        raise Skipped("PGSSLMODE=disable")
    try:
        with socket.create_connection(patient.addresses[0], ANSWER_S) as line:
            line.sendall(_SSL_REQUEST)
            answer = line.recv(1)
            if answer != b"S":
                said = _rest(line) if answer == b"E" else ""
                book.saw(f"the server does not take TLS{': ' if said else ''}{said}")
                code = classify(said).code if said else "LP-409"
                book.fault("LP-409" if code == "LP-499" else code)
                return
            with context.wrap_socket(line, server_hostname=host) as encrypted:
                _tell(encrypted, context, book)
    except ssl.SSLCertVerificationError as error:
        book.saw(f"mode {target.sslmode}: {error.verify_message}")
        book.fault("LP-408", because=error.verify_message)
    except OSError as error:
        book.saw(f"{type(error).__name__}: {error}")
        book.fault(classify_error(error).code)


def _tell(line: ssl.SSLSocket, context: ssl.SSLContext, book: Notebook) -> None:
    cipher = line.cipher()
    book.saw(f"{line.version()}, {cipher[0] if cipher else 'no cipher'}")
    certificate = line.getpeercert()
    if not certificate or context.verify_mode is ssl.CERT_NONE:
        book.saw("the certificate was not checked")
        return
    parts: Any = certificate.get("issuer", ())
    issuer = {key: value for part in parts for key, value in part}
    names: Any = certificate.get("subjectAltName", ())
    book.saw(f"certificate for {', '.join(str(name) for _, name in names)}")
    by = issuer.get("commonName") or issuer.get("organizationName")
    book.saw(f"by {by}, good until {certificate.get('notAfter')}")


def _rest(line: socket.socket) -> str:
    """What a server says instead: an ErrorResponse, or plain text of one that is older."""
    return line.recv(_LONGEST_REFUSAL).decode(errors="replace").replace("\0", " ").strip()
