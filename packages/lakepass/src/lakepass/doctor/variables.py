"""Other variables than those for the database and the identity: the rest of libpq's, proxies, URLs.

Sources: PostgreSQL documentation, "Environment Variables"; Python documentation, "urllib.request"
(proxies); SQLAlchemy documentation, "Database URLs"; asyncpg documentation, "connect".
"""

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from lakepass.doctor.situation import Findings, Situation
from lakepass.target.settings import SYSTEM_AUTHORITIES, Environment

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
# libpq applies these whatever lakepass passes to it; psql and psycopg use libpq.
OF_LIBPQ: Mapping[str, str] = {
    "PGCHANNELBINDING": "requires or forbids channel binding, which no login by token offers",
    "PGCLIENTENCODING": "sets the client encoding",
    "PGDATESTYLE": "sets the date format",
    "PGGEQO": "sets the genetic query optimizer",
    "PGHOSTADDR": "is used instead of the address of PGHOST",
    "PGLOADBALANCEHOSTS": "chooses among several hosts",
    "PGMAXPROTOCOLVERSION": "limits the version of the protocol",
    "PGMINPROTOCOLVERSION": "requires a version of the protocol",
    "PGOPTIONS": "sets parameters of each session that sets none itself",
    "PGREQUIREAUTH": "requires a method of authentication",
    "PGREQUIREPEER": "requires an owner of the server's process",
    "PGSERVICE": "takes settings from a service file",
    "PGSSLCERT": "names a client certificate",
    "PGSSLCERTMODE": "requires or forbids a client certificate",
    "PGSSLCRL": "names revoked certificates",
    "PGSSLCRLDIR": "names revoked certificates",
    "PGSSLKEY": "names the key of a client certificate",
    "PGSSLMAXPROTOCOLVERSION": "limits the version of TLS",
    "PGSSLMINPROTOCOLVERSION": "requires a version of TLS",
    "PGSSLSNI": "may omit the host name from the TLS handshake",
    "PGTARGETSESSIONATTRS": "requires a server that is writable, or one that is not",
    "PGTZ": "sets the time zone",
}
# The service's gateway rejects these values. lakepass passes others; psql and other programs
# do not.
_REFUSED_BY_THE_SERVICE = {"PGGSSENCMODE": "require", "PGSSLNEGOTIATION": "direct"}
_WHOLE_NUMBERS = ("PGCONNECT_TIMEOUT", "PGKEEPALIVES", "PGTCPUSERTIMEOUT")
# Variables that people set in the belief that something reads them, with the one that is read.
_READ_INSTEAD = {
    "LAKEBASE_USER": "PGUSER",
    "LAKEBASE_USERNAME": "PGUSER",
    "LAKEBASE_PORT": "PGPORT",
    "LAKEBASE_SSL_MODE": "PGSSLMODE",
    "LAKEBASE_SSLMODE": "PGSSLMODE",
    "LAKEBASE_DB": "PGDATABASE",
    "LAKEBASE_DB_NAME": "PGDATABASE",
    "LAKEBASE_DATABASE_NAME": "PGDATABASE",
    "LAKEBASE_INSTANCE_NAME": "LAKEBASE_INSTANCE",
    "LAKEBASE_PROJECT": "LAKEBASE_ENDPOINT",
}
_URL = re.compile(
    r"(?P<scheme>(?:jdbc:)?postgres(?:ql)?(?:\+\w+)?)://(?P<authority>[^/?#\s]*)[^?\s]*"
    r"(?:\?(?P<query>\S*))?"
)
_NOT_OF_ASYNCPG = ("sslmode", "channel_binding", "sslrootcert")


def look(situation: Situation, findings: Findings) -> None:
    """Report which of them are set, and add notes on misleading ones."""
    environ = situation.environ
    for name in proxies(environ):
        findings.saw(f"{name}: {re.sub(r'//[^@/]*@', '//…@', environ[name])}")
    for name in libpq_variables(environ):
        findings.saw(f"{name} {OF_LIBPQ[name]}; psql and psycopg use it, asyncpg does not")
    for name, why in _kept_from_psql(environ).items():
        what = f"{name}={environ[name]} keeps psql from connecting: {why}."
        findings.note("LP-151", what, variable=name)
    for name, read in unread(environ).items():
        if not environ.get(read):
            findings.note(
                "LP-152", f"{name} is set, but nothing reads it; {read} is read, and is not set.",
                variable=name, read=read,
            )  # fmt: skip
        elif environ[read] != environ[name]:
            findings.saw(f"{name} is not read; {read} is, and differs")
    for name, value in sorted(environ.items()):
        if url := _URL.match(value):
            _look_at_url(name, url, findings)
    _look_at_passfile(environ, findings)
    _look_at_psql(environ, findings)


def proxies(environ: Environment) -> list[str]:
    """The proxy variables that are set, in either case of letters."""
    names = (one for name in PROXIES for one in (name, name.lower()))
    return [name for name in names if environ.get(name)]


def libpq_variables(environ: Environment) -> list[str]:
    """The variables that are set, that libpq uses and that lakepass does not read."""
    return [name for name in OF_LIBPQ if environ.get(name)]


def _kept_from_psql(environ: Environment) -> dict[str, str]:
    """Variables with values that psql cannot connect with, and why."""
    refused = {
        name: "the service does not offer this"
        for name, value in _REFUSED_BY_THE_SERVICE.items()
        if environ.get(name) == value
    }
    no_numbers = {
        name: "it takes a whole number"
        for name in _WHOLE_NUMBERS
        if not re.fullmatch(r"\s*-?\d*\s*", environ.get(name, ""))
    }
    return refused | no_numbers


def unread(environ: Environment) -> dict[str, str]:
    """Variables that are set and that nothing reads, with the one that is read instead."""
    return {name: read for name, read in _READ_INSTEAD.items() if environ.get(name)}


def _look_at_url(name: str, url: re.Match[str], findings: Findings) -> None:
    """A database URL: nothing here reads it, but an app may."""
    findings.saw(f"{name}: a URL of a Postgres database, not read by lakepass")
    user, at, _ = url["authority"].rpartition("@")
    facts = {"variable": name}
    if at and "@" in user:
        findings.note("LP-133", f"The user name in {name} is not percent-encoded.", **facts)
    if re.search(r":(eyJ|dapi)", user):
        findings.note("LP-141", f"{name} has a token in it.", **facts)
    if url["scheme"].partition("+")[0] == "postgres":
        what = f"{name} begins with {url['scheme']}://, which SQLAlchemy refuses."
        findings.note("LP-145", what, **facts)
    given = {one.partition("=")[0] for one in (url["query"] or "").split("&")}
    refused = [one for one in _NOT_OF_ASYNCPG if one in given]
    if url["scheme"].endswith("+asyncpg") and refused:
        what = f"{name} gives asyncpg {' and '.join(refused)}, which it does not take from a URL."
        findings.note("LP-144", what, parameters="|".join(refused), **facts)


def _look_at_passfile(environ: Environment, findings: Findings) -> None:
    """libpq and asyncpg take passwords from this file if they are given none."""
    home = environ.get("HOME")
    file = environ.get("PGPASSFILE") or (f"{home}/.pgpass" if home else "")
    try:
        lines = Path(file).read_text("utf-8", errors="replace").splitlines() if file else []
    except OSError:
        return
    tokens = sum(re.search(r":eyJ[\w-]+\.[\w.-]+$", line) is not None for line in lines)
    if tokens:
        what = f"{file} has a token as a password, which psql and others send until it is removed."
        findings.note("LP-141", what, passfile=file)


def _look_at_psql(environ: Environment, findings: Findings) -> None:
    """A psql older than 16 treats the word `system` as a file name."""
    if environ.get("PGSSLROOTCERT") != SYSTEM_AUTHORITIES:
        return
    program = shutil.which("psql", path=environ.get("PATH"))
    major = psql_major(program) if program else None
    if major and major < 16:
        what = f"psql {major} does not know PGSSLROOTCERT=system, and will find no such file."
        findings.note("LP-108", what)


def psql_major(program: str) -> int | None:
    """The major version of this psql; None if it does not say."""
    try:
        printed = subprocess.run(
            [program, "--version"], capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    found = re.search(r"\d+", printed.stdout)
    return int(found[0]) if found else None
