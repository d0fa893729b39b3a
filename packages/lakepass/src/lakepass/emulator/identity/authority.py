"""The private certificate authority that signs the gateway's certificate.

It is kept with the data, so that a client that was told its file trusts the emulator after a
restart too. The certificate passes `verify-full`, for the names by which a machine calls itself.
"""

import ssl
from collections.abc import Iterable
from pathlib import Path

import trustme

from lakepass.emulator.files import damaged, write_secret

NAMES = ("localhost", "127.0.0.1", "::1")  # and whatever else a host is called


def authority_file(data: Path) -> Path:
    """The authority's certificate, for PGSSLROOTCERT; made on first use, with its key."""
    certificate, key = data / "ca.pem", _key_file(data)
    if not (certificate.exists() and key.exists()):
        authority = trustme.CA(organization_name="Lakepass emulator")
        write_secret(key, authority.private_key_pem.bytes())
        authority.cert_pem.write_to_path(certificate)
    return certificate


def server_context(data: Path, names: Iterable[str]) -> ssl.SSLContext:
    """TLS as the gateway speaks it, with a certificate fresh from the authority for these names."""
    certificate, key = authority_file(data), _key_file(data)
    try:
        authority = trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
    except (TypeError, ValueError) as error:
        way_out = (
            f"Put back a copy of it and of {key.name}, or move both away: the next start makes a new "
            "authority, which clients then have to trust."
        )
        raise damaged(certificate, str(error), way_out) from error
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.num_tickets = 0  # no Postgres client takes a session up again, and each costs a login
    authority.issue_cert(*dict.fromkeys([*NAMES, *names])).configure_cert(context)
    return context


def _key_file(data: Path) -> Path:
    return data / "ca-key.pem"
