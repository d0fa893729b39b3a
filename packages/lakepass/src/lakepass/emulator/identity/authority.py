"""The private certificate authority that signs the certificates of the gateway and the workspace.

It is stored with the data, so a client that has its file trusts the emulator after a restart too.
The certificates pass `verify-full` for the names that a machine has for itself.
"""

import shlex
import ssl
import warnings
from collections.abc import Iterable
from pathlib import Path

import trustme
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import (
    PKCS12Certificate,
    serialize_java_truststore,
)
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509 import load_pem_x509_certificates

from lakepass.emulator.files import damaged, write_secret

# Java cannot read a truststore without a password. This one protects nothing: its content is public.
_TRUSTSTORE_PASSWORD = "changeit"  # noqa: S105 - Java's own default, and no secret
NAMES = ("localhost", "127.0.0.1", "::1")  # besides the names of the hosts


def authority_file(data: Path) -> Path:
    """The authority's certificate, for PGSSLROOTCERT; it and its key are created on first use."""
    certificate, key = data / "ca.pem", _key_file(data)
    if not (certificate.exists() and key.exists()):
        authority = trustme.CA(organization_name="Lakepass emulator")
        write_secret(key, authority.private_key_pem.bytes())
        authority.cert_pem.write_to_path(certificate)
    return certificate


def server_context(data: Path, names: Iterable[str]) -> ssl.SSLContext:
    """A TLS context for a server, with a new certificate from the authority for these names."""
    certificate, key = authority_file(data), _key_file(data)
    try:
        authority = trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
    except (TypeError, ValueError) as error:
        way_out = (
            f"Restore a copy of it and of {key.name}, or move both away: the next start creates a new "
            "authority, which clients then have to trust."
        )
        raise damaged(certificate, str(error), way_out) from error
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.num_tickets = 0  # no Postgres client resumes a session; each ticket costs time at login
    authority.issue_cert(*dict.fromkeys([*NAMES, *names])).configure_cert(context)
    return context


def trust_variables(data: Path) -> dict[str, str]:
    """Environment variables that make Node, Python and Java trust this authority over HTTPS.

    Node adds it to its own authorities. Python (requests, httpx, urllib) and Java read one file
    instead of their own, so theirs contains this machine's authorities too.
    """
    bundle, truststore = data / "ca-bundle.pem", data / "truststore.p12"
    own = authority_file(data)
    public = ssl.get_default_verify_paths().cafile
    pem = own.read_bytes() + (Path(public).read_bytes() if public else b"")
    bundle.write_bytes(pem)
    with warnings.catch_warnings():  # some old public authorities have invalid serial numbers
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        certificates = load_pem_x509_certificates(pem)
    entries = [
        PKCS12Certificate(certificate, str(index).encode())
        for index, certificate in enumerate(certificates)
    ]
    password = _TRUSTSTORE_PASSWORD.encode()
    truststore.write_bytes(serialize_java_truststore(entries, BestAvailableEncryption(password)))
    options = {
        "trustStore": str(truststore),
        "trustStoreType": "PKCS12",
        "trustStorePassword": _TRUSTSTORE_PASSWORD,
    }
    java = " ".join(shlex.quote(f"-Djavax.net.ssl.{key}={value}") for key, value in options.items())
    return {
        "NODE_EXTRA_CA_CERTS": str(own),
        "REQUESTS_CA_BUNDLE": str(bundle),
        "SSL_CERT_FILE": str(bundle),
        "JAVA_TOOL_OPTIONS": java,
    }


def _key_file(data: Path) -> Path:
    return data / "ca-key.pem"
