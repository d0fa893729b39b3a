"""Which database, and how to reach it: from arguments first, then from the environment.

The only module that reads the process environment. Variables are libpq's where libpq has them
(PostgreSQL documentation, "Environment Variables"); a Databricks App gets PGHOST, PGPORT,
PGDATABASE, PGUSER, PGSSLMODE and PGAPPNAME injected (Databricks docs, "Add a Lakebase resource to
a Databricks app"). Nothing here touches the network.
"""

import ipaddress
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from lakepass.errors import ConfigurationError

if TYPE_CHECKING:
    from ssl import SSLContext

Environment = Mapping[str, str]
TargetKind = Literal["endpoint", "branch", "project", "instance", "host"]

DEFAULT_DATABASE = "databricks_postgres"
DEFAULT_PORT = 5432
DEFAULT_APPLICATION_NAME = "lakepass"
SYSTEM_AUTHORITIES = "system"  # libpq's word for "the authorities of the operating system"

_RESOURCE = re.compile(
    r"projects/[a-z][a-z0-9-]{0,62}"
    r"(?P<branch>/branches/[a-z][a-z0-9-]{0,62}(?P<endpoint>/endpoints/[a-z][a-z0-9-]{0,62})?)?"
)
_SSLMODES = ("disable", "require", "verify-ca", "verify-full")


@dataclass(frozen=True, slots=True)
class Target:
    """A database as it was requested; what is None is looked up in the workspace.

    kind, name: what can mint a credential for it. host: where to connect, if given. reads_only:
    connect to the read-only host, if there is one. is_pooled: connect through the service's pooler.
    """

    kind: TargetKind
    name: str
    host: str | None
    port: int
    database: str
    user: str | None
    sslmode: str
    sslrootcert: str
    application_name: str
    reads_only: bool = False
    is_pooled: bool = False

    @property
    def looks_up_host(self) -> bool:
        """Whether the host must be looked up: another one than was given is meant."""
        pooler_is_given = self.host is not None and is_pooler(self.host)
        return self.reads_only or self.is_pooled != pooler_is_given

    @property
    def known_host(self) -> str | None:
        """The given host, if that is the one to connect to."""
        return None if self.looks_up_host else self.host


@dataclass(frozen=True, slots=True)
class Location:
    """A target that was found: where to connect, and the endpoint or instance that mints for it."""

    host: str
    endpoint: str | None = None
    instance: str | None = None


def process_environment() -> Environment:
    """A copy of the process environment, so that later changes cannot apply in part."""
    return dict(os.environ)


@contextmanager
def only_these(names: Iterable[str], variables: Environment) -> Iterator[None]:
    """Within this context, of these names only `variables` are set in the process environment.

    For variables that C libraries read themselves. Other threads see the change too.
    """
    names = tuple(names)
    before = {name: os.environ[name] for name in names if name in os.environ}
    try:
        _replace(names, variables)
        yield
    finally:
        _replace(names, before)


def _replace(names: Iterable[str], variables: Environment) -> None:
    for name in names:
        os.environ.pop(name, None)
    os.environ.update(variables)


def read_target(
    environ: Environment,
    *,
    resource: str | None = None,
    instance: str | None = None,
    host: str | None = None,
    database: str | None = None,
    port: int | None = None,
    user: str | None = None,
    sslmode: str | None = None,
    sslrootcert: str | None = None,
) -> Target:
    """Combine arguments and environment; arguments win.

    If resource, instance or host is given, the environment's are ignored: an app that opens a second
    database must not end up in the injected one.
    Raises ConfigurationError (LP-101 to LP-109).
    """
    if resource is None and instance is None and host is None:
        resource = environ.get("LAKEBASE_ENDPOINT") or None
        instance = environ.get("LAKEBASE_INSTANCE") or None
        host = one_of(environ, "PGHOST", "LAKEBASE_HOST")
    kind, name = _what(resource, instance, host)
    if host is not None:
        _check_host(host)
    sslmode = sslmode or environ.get("PGSSLMODE") or "verify-full"
    sslrootcert = sslrootcert or environ.get("PGSSLROOTCERT") or ""
    _check_tls(sslmode, sslrootcert)
    return Target(
        kind=kind,
        name=name,
        host=host,
        port=_port(environ.get("PGPORT") or DEFAULT_PORT if port is None else port),
        database=database or one_of(environ, "PGDATABASE", "LAKEBASE_DATABASE") or DEFAULT_DATABASE,
        user=user or environ.get("PGUSER") or None,
        sslmode=sslmode,
        sslrootcert=sslrootcert,
        application_name=environ.get("PGAPPNAME") or DEFAULT_APPLICATION_NAME,
        is_pooled=host is not None and is_pooler(host),
    )


def is_pooler(host: str) -> bool:
    """Whether a host name is that of the service's pooler (Databricks docs, "Connection
    pooling": `<endpoint>-pooler`, `<endpoint>-ro-pooler`)."""
    return host.partition(".")[0].endswith("-pooler")


def one_of(environ: Environment, standard: str, ours: str, *, secret: bool = False) -> str | None:
    """The value of either of two variables with the same meaning; None if neither is set.

    Raises ConfigurationError (LP-102) if they disagree.
    """
    first, second = environ.get(standard) or None, environ.get(ours) or None
    if first and second and first != second:
        raise ConfigurationError(
            f"{standard} and {ours} are both set and differ.",
            code="LP-102",
            next_step=f"Unset {ours}, or make them equal.",
            facts={} if secret else {standard: first, ours: second},
        )
    return first or second


def tls_context(target: Target) -> "SSLContext | None":
    """A fresh TLS context for the target's mode; None for `disable`.

    Reads no file but PGSSLROOTCERT. As in libpq, `require` with authorities verifies them
    (PostgreSQL documentation, "SSL Support"), and without does not verify at all.
    """
    import ssl  # noqa: PLC0415 - slow to load, and explaining a configuration needs none of it

    if target.sslmode == "disable":
        return None
    cafile = None if target.sslrootcert in ("", SYSTEM_AUTHORITIES) else target.sslrootcert
    try:
        context = ssl.create_default_context(cafile=cafile)
    except OSError as error:  # ssl.SSLError included: not a certificate
        raise _unreadable_authorities(target.sslrootcert) from error
    if target.sslmode != "verify-full":
        context.check_hostname = False
    if target.sslmode == "require" and cafile is None:
        context.verify_mode = ssl.CERT_NONE
    return context


def _what(resource: str | None, instance: str | None, host: str | None) -> tuple[TargetKind, str]:
    if resource and instance:
        raise ConfigurationError(
            "Two databases are named.",
            code="LP-102",
            next_step="Keep LAKEBASE_ENDPOINT or LAKEBASE_INSTANCE and unset the other.",
            facts={"LAKEBASE_ENDPOINT": resource, "LAKEBASE_INSTANCE": instance},
        )
    if resource:
        found = _RESOURCE.fullmatch(resource)
        if not found:
            raise ConfigurationError(code="LP-103", facts={"LAKEBASE_ENDPOINT": resource})
        if found["endpoint"]:
            return "endpoint", resource
        return ("branch" if found["branch"] else "project"), resource
    if instance:
        return "instance", instance
    if host:
        return "host", host
    raise ConfigurationError(code="LP-101")


def _check_host(host: str) -> None:
    if "@" in host:
        # There may be a password before the @.
        raise ConfigurationError(code="LP-133", facts={"PGHOST": f"…@{host.rpartition('@')[2]}"})
    if re.search(r"[/:,\s]", host) and not _is_address(host):
        complaint = "PGHOST must be one host name, without scheme, port or path."
    elif _is_address(host) and not _is_loopback(host):
        # The service finds the database by the name in the TLS handshake (SNI). Loopback addresses
        # are allowed: hosts of a local Lakebase can be addresses.
        complaint = "PGHOST is an address; the service tells databases apart by host name."
    elif not all(0 < len(part) < 64 for part in host.removesuffix(".").split(".")):
        # Resolving it would raise a UnicodeError (RFC 1035, 2.3.4).
        complaint = "PGHOST has a part between dots that is empty or longer than 63 characters."
    else:
        return
    raise ConfigurationError(complaint, code="LP-104", facts={"PGHOST": host})


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return ipaddress.ip_address(host.strip("[]")).is_loopback


def _port(value: str | int) -> int:
    try:
        port = int(value) if type(value) in (str, int) else 0  # not a bool, and not a float
    except ValueError:
        port = 0
    if not 0 < port < 65536:
        raise ConfigurationError(code="LP-105", facts={"PGPORT": value})
    return port


def _unreadable_authorities(sslrootcert: str) -> ConfigurationError:
    return ConfigurationError(code="LP-108", facts={"PGSSLROOTCERT": sslrootcert})


def _check_tls(sslmode: str, sslrootcert: str) -> None:
    facts = {"PGSSLMODE": sslmode}
    if sslmode in ("allow", "prefer"):
        raise ConfigurationError(
            f"With PGSSLMODE={sslmode} a password may travel in clear text.",
            code="LP-107",
            facts=facts,
        )
    if sslmode not in _SSLMODES:
        raise ConfigurationError(code="LP-106", facts=facts)
    if sslrootcert not in ("", SYSTEM_AUTHORITIES) and not Path(sslrootcert).is_file():
        raise _unreadable_authorities(sslrootcert)
    if sslmode == "verify-ca" and sslrootcert in ("", SYSTEM_AUTHORITIES):
        raise ConfigurationError(
            "verify-ca with the system's authorities trusts every holder of a public certificate.",
            code="LP-109",
            next_step="Set PGSSLROOTCERT to a private authority, or PGSSLMODE=verify-full.",
            facts=facts,
        )
    if sslmode == "require" and sslrootcert == SYSTEM_AUTHORITIES:
        raise ConfigurationError(
            "PGSSLROOTCERT=system asks for verification and PGSSLMODE=require for none.",
            code="LP-109",
            facts=facts,
        )
