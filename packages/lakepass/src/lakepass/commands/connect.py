"""The commands that connect: psql, token, env, jdbc, grant. Each returns its exit code.

0: done. 1: a LakepassError, printed on standard error. 2: wrong use, or an extra is missing.
Standard output holds the answer and nothing else.
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

from lakepass.commands import grants
from lakepass.commands.grants import Grant, Kind, Plan
from lakepass.errors import LakepassError
from lakepass.lakebase import Lakebase
from lakepass.target.settings import SYSTEM_AUTHORITIES, process_environment

_WHICH = """\

The database is the one that the environment names (LAKEBASE_ENDPOINT, PGHOST, ...), or the one
that the options name."""

PSQL = f"""\
Open psql on the database, logged in with a live token, which goes through the environment and
never into the process list. What follows -- goes to psql; the exit code is psql's.

    lakepass psql
    lakepass psql -- -c "select current_user"
    lakepass psql --endpoint projects/shop --database shop -- -f schema.sql

A token is checked at login only: the session outlives it, but a \\c needs one that lives.
{_WHICH}
"""

TOKEN = f"""\
Print a password that is alive now, for a tool that asks for one. It is not shown on a terminal
unless --show says so.

    lakepass token | pbcopy
    export PGPASSWORD="$(lakepass token)"
    lakepass token --json | jq -r .expires_at      null for a password that does not end
{_WHICH}
"""

ENV = f"""\
Print the variables that lead libpq (psql, pg_dump, most drivers) to the database, to be evaluated
by a shell. The password is among them only if asked for, and ends within the hour.

    eval "$(lakepass env)"
    eval "$(lakepass env --with-password)" && pg_dump --schema shop > shop.sql
    lakepass env --json                            one line: {{"env": {{...}}}}
{_WHICH}
"""

JDBC = f"""\
Print a JDBC URL for DBeaver, DataGrip, Spark and their like, with the role percent-encoded (an
e-mail has an @). The password is in it only if asked for, and ends within the hour.

    lakepass jdbc
    lakepass jdbc --with-password --user someone@example.com
    lakepass jdbc --json | jq -r .url
{_WHICH}
"""

GRANT = f"""\
Let a service principal, user or group into a schema: make its role if there is none, and give it
rights on what is there and on what you make there later. Prints the SQL, then runs it in one
transaction; running it twice does no harm.

    lakepass grant 7a1f0c52-3b7e-4c39-9d0a-5d3c1f0e8b21 --schema shop --write    an app, by client id
    lakepass grant someone@example.com --schema shop                             a user, to read
    lakepass grant analysts --schema shop --dry-run                              a group; SQL only

Rights are given by who owns the schema and its tables: run it as the owner. Tables that others make
later are theirs to grant.
{_WHICH}
"""

_NO_PSQL = (
    "lakepass: psql is not installed. Packages that have it: postgresql-client (Debian, Ubuntu), "
    "postgresql (Fedora), libpq (Homebrew)."
)
_NO_BUNDLE = (
    "lakepass: this psql is older than 16 and cannot use the system's authorities by itself, and "
    "no file with them was found. Set PGSSLROOTCERT to one, or install a newer psql."
)
# libpq reads these before, or instead of, what names our database
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
    """The command, with what may go wrong told in words."""

    def told(options: argparse.Namespace) -> int:
        try:
            code = run(options)
            sys.stdout.flush()
        except LakepassError as error:
            print(error, file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            return 130  # as shells do
        except BrokenPipeError:
            # Whoever read us has seen enough; Python would complain again when it closes.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 1
        return code

    return told


def declare_target(parser: argparse.ArgumentParser) -> None:
    """The options that name a database, the same for all commands."""
    target = parser.add_argument_group("which database")
    either = target.add_mutually_exclusive_group()
    either.add_argument(
        "--endpoint", metavar="PATH", help="endpoint, branch or project: projects/shop/branches/..."
    )
    either.add_argument("--instance", metavar="NAME", help="a database instance, the older kind")
    target.add_argument("--host", metavar="HOST", help="host name, as the Connect dialog shows it")
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
    parser.add_argument("--show", action="store_true", help="print it on a terminal, too")
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


def declare_grant(parser: argparse.ArgumentParser) -> None:
    """Options of `lakepass grant`."""
    parser.add_argument(
        "role",
        type=_said(grants.checked_role),
        metavar="ROLE",
        help="client id of a service principal, e-mail of a user, or name of a group",
    )
    parser.add_argument(
        "--schema", required=True, type=_said(grants.checked_name), metavar="NAME", help="where"
    )
    rights = parser.add_mutually_exclusive_group()
    rights.add_argument(
        "--read",
        dest="write",
        action="store_false",
        default=False,
        help="SELECT on all tables (default)",
    )
    rights.add_argument(
        "--write", action="store_true", help="and INSERT, UPDATE, DELETE, and the sequences"
    )
    kinds = parser.add_mutually_exclusive_group()
    for kind in Kind:
        kinds.add_argument(
            f"--as-{kind.value.lower().replace('_', '-')}",
            dest="kind",
            action="store_const",
            const=kind,
            help="what ROLE is, if its form does not tell",
        )
    parser.add_argument("--dry-run", action="store_true", help="look and print, change nothing")
    parser.add_argument(
        "--json",
        action="store_true",
        help="an object: statements, is_changed, and who must run it for their own tables",
    )
    declare_target(parser)


@without_traceback
def psql(options: argparse.Namespace) -> int:
    """Become psql. Returns only if that cannot be: 127 if there is none."""
    environ = dict(process_environment())
    program = shutil.which("psql", path=environ.get("PATH"))
    if program is None:
        print(_NO_PSQL, file=sys.stderr)
        return 127
    lake = lakebase_of(options)
    variables = {**lake.libpq_env(), "PGPASSWORD": lake.password()}
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
    """Print a live password."""
    if sys.stdout.isatty() and not options.show:
        print(
            "lakepass: a password is not printed on a terminal, where it stays to be read. "
            "Pipe it to where it is needed, or add --show.",
            file=sys.stderr,
        )
        return 2
    login = lakebase_of(options).login()
    if not options.json:
        print(login.credential.password)
        return 0
    ends = login.credential.expires_at
    answer = {
        "password": login.credential.password,
        "expires_at": ends.isoformat() if ends else None,
        "role": login.user,
        "host": login.host,
        "database": login.database,
    }
    print(json.dumps(answer))
    return 0


@without_traceback
def env(options: argparse.Namespace) -> int:
    """Print the variables that libpq reads."""
    lake = lakebase_of(options)
    variables = lake.libpq_env()
    if options.with_password:
        variables["PGPASSWORD"] = lake.password()
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
        url += f"&password={quote(lake.password(), safe='')}"
    print(json.dumps({"url": url}) if options.json else url)
    return 0


@without_traceback
def grant(options: argparse.Namespace) -> int:
    """Print the SQL that lets a role into a schema, and run it."""
    import asyncio  # noqa: PLC0415 - slow to load, and no other command needs it

    wanted = Grant(
        role=options.role,
        schema=options.schema,
        kind=options.kind or grants.guess_kind(options.role),
        is_writing=options.write,
    )
    lake = lakebase_of(options)
    try:
        import asyncpg  # noqa: F401, PLC0415 - an extra; found missing here, it is said in words
    except ModuleNotFoundError:
        print(
            "lakepass: grant needs asyncpg, which is not installed. "
            'Get it with: pip install "lakepass[asyncpg]"',
            file=sys.stderr,
        )
        return 2
    asyncio.run(_grant(lake, wanted, is_dry_run=options.dry_run, as_json=options.json))
    return 0


async def _grant(lake: Lakebase, wanted: Grant, *, is_dry_run: bool, as_json: bool) -> None:
    """Raises NotGranted, and what connecting raises."""
    connection = await lake.asyncpg_connect()
    others: list[str] = []
    try:
        plan = await grants.planned(connection, wanted)
        if not as_json:
            print(plan.script, flush=True)
        if plan.problem:
            raise plan.problem
        if not is_dry_run:
            others = await grants.carry_out(connection, plan)
    finally:
        connection.terminate()  # nothing is left to say, and a dead line would make us wait
    if as_json:
        statements = [*plan.creation, *plan.rights]
        answer = {"statements": statements, "is_changed": not is_dry_run, "others": others}
        print(json.dumps(answer))
    elif is_dry_run:
        print("Nothing was changed.", file=sys.stderr)
    else:
        _say_granted(plan, others)


def _say_granted(plan: Plan, others: list[str]) -> None:
    print(f"Granted. It holds for tables that {plan.grantor} makes later, too.", file=sys.stderr)
    if others:
        print(
            f"For tables that these make later, they must run it as well: {', '.join(others)}",
            file=sys.stderr,
        )


def lakebase_of(options: argparse.Namespace) -> Lakebase:
    """The database that options and environment name. Raises ConfigurationError."""
    return Lakebase(
        options.endpoint,
        instance=options.instance,
        host=options.host,
        database=options.database,
        user=options.user,
    )


def _declare_with_password(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--with-password", action="store_true", help="add a live password")


def _said(check: Callable[[str], str]) -> Callable[[str], str]:
    """A check as argparse takes it: its words are printed with the usage."""

    def checked(text: str) -> str:
        try:
            return check(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return checked


def _major(program: str) -> int:
    """The major version of this psql; 0 if it does not tell."""
    import re  # noqa: PLC0415 - with subprocess, needed in a rare case only
    import subprocess  # noqa: PLC0415 - slow to load

    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    found = re.search(r"\d+", said.stdout)
    return int(found[0]) if found else 0


def _authorities() -> str | None:
    """A file with the system's authorities, for a libpq that does not know the word `system`.

    Source: PostgreSQL 16 release notes, "Allow the system certificate authorities to be used".
    """
    import ssl  # noqa: PLC0415 - slow to load, and needed in a rare case only

    candidates = (ssl.get_default_verify_paths().cafile, *_BUNDLES)
    return next((name for name in candidates if name and Path(name).is_file()), None)
