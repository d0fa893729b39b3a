"""The commands that connect: psql, token, env, jdbc. Each returns its exit code.

0: done. 1: a LakepassError, printed to standard error. 2: a usage error, or a missing extra.
Only the result is printed to standard output.
"""

import argparse
import json
import os
import shlex
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from lakepass.commands.grants import Level
from lakepass.credentials.cache import PATIENCE_S
from lakepass.errors import LakepassError
from lakepass.lakebase import Lakebase
from lakepass.target.settings import SYSTEM_AUTHORITIES, process_environment

WHICH = """\

The database is that of the environment (LAKEBASE_ENDPOINT, PGHOST, ...) or of the options."""

PSQL = f"""\
Open psql on the database, logged in with a valid token, which is passed in the environment and
never shows in the process list. Arguments after -- are passed to psql; the exit code is that of psql.

    lakepass psql
    lakepass psql -- -c "select current_user"
    lakepass psql --endpoint projects/shop --database shop -- -f schema.sql

A token is checked at login only: the session may outlast it, but \\c needs a valid one.
{WHICH}
"""

TOKEN = f"""\
Print a valid password, for a tool that asks for one. It is not printed to a terminal without --show.

    lakepass token | pbcopy
    export PGPASSWORD="$(lakepass token)"
    lakepass token --json | jq -r .expires_at      null for a password that does not expire
{WHICH}
"""

ENV = f"""\
Print the variables with which libpq (psql, most drivers) connects to the database, for a
shell to evaluate. The password is included only on request, and expires within an hour.

    eval "$(lakepass env)"
    eval "$(lakepass env --with-password)" && psql -c 'select current_user'
    lakepass env --json                            one line: {{"env": {{...}}}}
{WHICH}
"""

JDBC = f"""\
Print a JDBC URL for DBeaver, DataGrip, Spark and others, with the role percent-encoded (an e-mail
address has an @). The password is included only on request, and expires within an hour.

    lakepass jdbc
    lakepass jdbc --with-password --user someone@example.com
    lakepass jdbc --json | jq -r .url
{WHICH}
"""

_NO_PSQL = (
    "lakepass: psql is not installed. Packages that have it: postgresql-client (Debian, Ubuntu), "
    "postgresql (Fedora), libpq (Homebrew)."
)
_NO_BUNDLE = (
    "lakepass: this psql is older than 16 and does not support sslrootcert=system, and no file of "
    "certificate authorities was found. Set PGSSLROOTCERT to one, or install a newer psql."
)
# libpq reads these before, or instead of, those that name the database
# (PostgreSQL documentation, "Environment Variables" and "The Connection Service File").
_MISLEADING = ("PGSERVICE", "PGSERVICEFILE", "PGHOSTADDR", "PGPASSFILE", "PGREQUIREAUTH")
# Debian and Arch, Fedora and its kin, Alpine and macOS.
_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
)

Run = Callable[[argparse.Namespace], int]


def without_traceback(run: Run) -> Run:
    """The command, with errors printed instead of raised."""

    def wrapped(options: argparse.Namespace) -> int:
        try:
            code = run(options)
            sys.stdout.flush()
        except LakepassError as error:
            print(error, file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            return 130  # as shells do
        except BrokenPipeError:
            # The reader has closed the pipe; Python would report it again at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 1
        return code

    return wrapped


def declare_target(parser: argparse.ArgumentParser) -> None:
    """The options that name a database, the same for all commands."""
    target = parser.add_argument_group("which database")
    either = target.add_mutually_exclusive_group()
    either.add_argument(
        "--endpoint", metavar="PATH", help="endpoint, branch or project: projects/shop/branches/..."
    )
    either.add_argument("--instance", metavar="NAME", help="a database instance, of the older API")
    target.add_argument("--host", metavar="HOST", help="host name, as in the Connect dialog")
    target.add_argument("--database", metavar="NAME", help="default: databricks_postgres")
    target.add_argument(
        "--user", metavar="ROLE", help="Postgres role (default: the identity that signs in)"
    )


def declare_token(parser: argparse.ArgumentParser) -> None:
    """Options of `lakepass token`."""
    parser.add_argument(
        "--json",
        action="store_true",
        help="an object: password, expires_at, role, host, database",
    )
    parser.add_argument("--show", action="store_true", help="print it even to a terminal")
    declare_target(parser)


def declare_env(parser: argparse.ArgumentParser) -> None:
    """Options of `lakepass env`."""
    _declare_with_password(parser)
    parser.add_argument(
        "--json", action="store_true", help="print one line of JSON instead of export lines"
    )
    declare_target(parser)


def declare_jdbc(parser: argparse.ArgumentParser) -> None:
    """Options of `lakepass jdbc`."""
    _declare_with_password(parser)
    parser.add_argument("--json", action="store_true", help="an object: url")
    declare_target(parser)


def declare_level(
    parser: argparse.ArgumentParser,
    meanings: dict[Level, str],
    *,
    default: Level | None = Level.READ,
) -> None:
    """The options for the level of access."""
    levels = parser.add_mutually_exclusive_group()
    for level, meaning in meanings.items():
        levels.add_argument(
            f"--{level.value}",
            dest="level",
            action="store_const",
            const=level,
            default=default,
            help=meaning,
        )


@without_traceback
def psql(options: argparse.Namespace) -> int:
    """Replace this process with psql. Returns only on failure: 127 if it is not installed."""
    environ = dict(process_environment())
    program = shutil.which("psql", path=environ.get("PATH"))
    if program is None:
        print(_NO_PSQL, file=sys.stderr)
        return 127
    lake = lakebase_of(options)
    variables = {**lake.libpq_env(), "PGPASSWORD": _password(lake)}
    if variables.get("PGSSLROOTCERT") == SYSTEM_AUTHORITIES and _major(program) < 16:
        bundle = _authorities()
        if bundle is None:
            print(_NO_BUNDLE, file=sys.stderr)
            return 1
        variables["PGSSLROOTCERT"] = bundle
    for name in _MISLEADING:
        environ.pop(name, None)
    sys.stderr.flush()
    arguments = ["psql", *options.rest]
    return os.execve(program, arguments, {**environ, **variables})  # noqa: S606 - no shell is meant


@without_traceback
def token(options: argparse.Namespace) -> int:
    """Print a valid password."""
    if sys.stdout.isatty() and not options.show:
        print(
            "lakepass: the password is not printed to a terminal, where others could read it later. "
            "Pipe it to the program that needs it, or add --show.",
            file=sys.stderr,
        )
        return 2
    login = lakebase_of(options).login(PATIENCE_S)
    if not options.json:
        print(login.credential.password)
        return 0
    expires_at = login.credential.expires_at
    result = {
        "password": login.credential.password,
        "expires_at": expires_at.isoformat() if expires_at else None,
        "role": login.user,
        "host": login.host,
        "database": login.database,
    }
    print(json.dumps(result))
    return 0


@without_traceback
def env(options: argparse.Namespace) -> int:
    """Print the variables that libpq reads."""
    lake = lakebase_of(options)
    variables = lake.libpq_env()
    # The libpq that reads this may be older than 16, as in Debian 12: a file works for all.
    if variables.get("PGSSLROOTCERT") == SYSTEM_AUTHORITIES and (bundle := _authorities()):
        variables["PGSSLROOTCERT"] = bundle
    if options.with_password:
        variables["PGPASSWORD"] = _password(lake)
    if options.json:
        print(json.dumps({"env": variables}))
        return 0
    for name, value in variables.items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


@without_traceback
def jdbc(options: argparse.Namespace) -> int:
    """Print a JDBC URL."""
    lake = lakebase_of(options)
    url = lake.jdbc_url()
    if options.with_password:
        url += f"&password={quote(_password(lake), safe='')}"
    print(json.dumps({"url": url}) if options.json else url)
    return 0


def lakebase_of(options: argparse.Namespace) -> Lakebase:
    """The database of the options and the environment. Raises ConfigurationError."""
    return Lakebase(
        options.endpoint,
        instance=options.instance,
        host=options.host,
        database=options.database,
        user=options.user,
    )


def _password(lake: Lakebase) -> str:
    """A valid password; a command waits for it as long as for any request to the workspace."""
    return lake.login(PATIENCE_S).credential.password


def _declare_with_password(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--with-password", action="store_true", help="include a valid password")


def _major(program: str) -> int:
    """The major version of this psql; 0 if unknown."""
    import re  # noqa: PLC0415 - with subprocess, needed in a rare case only
    import subprocess  # noqa: PLC0415 - slow to load

    try:
        result = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    found = re.search(r"\d+", result.stdout)
    return int(found[0]) if found else 0


def _authorities() -> str | None:
    """A file with the system's authorities, for a libpq that does not know the word `system`.

    Source: PostgreSQL 16 release notes, "Allow the system certificate authorities to be used".
    """
    import ssl  # noqa: PLC0415 - slow to load, and needed in a rare case only

    candidates = (ssl.get_default_verify_paths().cafile, *_BUNDLES)
    return next((name for name in candidates if name and Path(name).is_file()), None)
