"""The doctor's commands. Each returns its exit code: 0 no fault, 1 a fault, 2 a usage error."""

import argparse
import codecs
import json
import sys
from pathlib import Path

from lakepass.commands.connect import declare_level, declare_target, without_traceback
from lakepass.commands.grants import Level
from lakepass.doctor.report import in_ascii
from lakepass.doctor.translations import in_its_encoding
from lakepass.target.settings import Environment, process_environment

DOCTOR = """\
Try every step of a login in order, from the settings to the privileges in a schema. Show what is wrong
and the commands that fix it, then the result of each step. Nothing is changed, and no secret is shown.

    lakepass doctor
    lakepass doctor --verbose                   with the details of each step
    lakepass doctor --schema shop --write       can the app write there, and run its migrations?
    lakepass doctor --read                      you only read: a read-only host is enough
    lakepass doctor --json                      for scripts; the format is docs/doctor.schema.json

It uses the environment of the shell it runs in: in a Databricks App, run it in the app. Steps
that could not be tried are marked. Exit code: 0 healthy, 1 a fault was found, 2 usage error. All
diagnoses are explained in docs/diagnoses.md.
"""

EXPLAIN = """\
Read an error, a log or a start-up report from a file or from standard input, and list the
causes recognised in it, with the commands that fix them: certain causes first, then their
consequences, then suspected ones. The messages of Postgres drivers and tools (asyncpg, psycopg,
SQLAlchemy, JDBC, Npgsql, pgx, node-postgres, Prisma, psql and more) and of the Databricks SDK and
CLI are known. Nothing is sent anywhere, and no secret in the text is printed. In a long log, lines
that repeat are counted but analysed only twice; if it is still long, only its beginning and its end
are analysed.

    lakepass explain app.log
    psql 2>&1 | lakepass explain
    pbpaste | lakepass explain

Exit code: 0 something was recognised, 1 nothing was, 2 usage error.
"""

_NOTHING = """\
Nothing in this text is known to lakepass. Where the program runs, this tries every step:

    lakepass doctor
"""


def declare_doctor(parser: argparse.ArgumentParser) -> None:
    """Options of `lakepass doctor`."""
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    parser.add_argument(
        "--as-app",
        action="store_true",
        default=None,
        help="check the resources of a Databricks App (default: if DATABRICKS_APP_NAME is set)",
    )
    parser.add_argument(
        "--schema",
        action="append",
        default=[],
        metavar="NAME",
        help="check privileges in this schema; may be given several times",
    )
    declare_level(
        parser,
        {
            Level.READ: "you only read: the privileges to read, on any host",
            Level.WRITE: "the privileges of an app: write rows, create tables, alter its own tables",
            Level.CREATE: "the privileges to write rows and create tables, whoever owns the others",
            Level.OWN: "the privileges of the owner of the schema and all its objects",
        },
        default=None,
    )
    parser.add_argument(
        "--no-migrations",
        dest="migrates",
        action="store_false",
        help="with --write: you only write rows; another role creates and alters the tables",
    )
    parser.add_argument("--verbose", action="store_true", help="print the details of each step")
    parser.add_argument(
        "--connections",
        type=_count,
        metavar="N",
        help="how many connections your pools may open: processes times (pool_size + max_overflow)",
    )
    declare_target(parser)


def declare_explain(parser: argparse.ArgumentParser) -> None:
    """Options of `lakepass explain`."""
    parser.add_argument(
        "file",
        nargs="?",
        metavar="FILE",
        help="what to read (default: standard input)",
    )
    parser.add_argument("--json", action="store_true", help="print one line of JSON")


@without_traceback
def doctor(options: argparse.Namespace) -> int:
    """Examine, and print the report."""
    import logging  # noqa: PLC0415 - with the next, keeps `--help` quick

    from lakepass.doctor.examination import examine  # noqa: PLC0415

    logging.basicConfig(level=logging.CRITICAL)  # the report includes the SDK's warnings
    report = examine(
        _environment(options),
        as_app=options.as_app,
        schemas=options.schema,
        level=options.level,
        migrates=options.migrates,
        connections=options.connections,
    )
    if options.json:
        print(json.dumps(report.as_dict()))
    else:
        lines = report.lines(
            colour=_has_colour(), plain=not _has_symbols(), verbose=options.verbose
        )
        print("\n".join(lines))
    return 0 if report.is_healthy else 1


@without_traceback
def explain(options: argparse.Namespace) -> int:
    """List the causes found in a text."""
    from lakepass.doctor import logs  # noqa: PLC0415 - keeps `--help` quick

    try:
        found = logs.recognise(_text_of(options.file))
    except OSError as error:
        print(f"lakepass: {options.file} cannot be read: {error.strerror}.", file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(logs.as_dict(found)))
    elif not found:
        print(_NOTHING, end="")
    else:
        lines = logs.lines(found, colour=_has_colour())
        print("\n".join(lines if _has_symbols() else map(in_ascii, lines)))
    return 0 if found else 1


def _text_of(file: str | None) -> str:
    """The text of the file, or what is typed, pasted or piped in. Raises OSError."""
    if file not in (None, "-"):
        return _decoded(Path(str(file)).read_bytes())
    if sys.stdin.isatty():
        print("Paste the text, then press Ctrl-D.", file=sys.stderr)
    return _decoded(sys.stdin.buffer.read())


def _decoded(text: bytes) -> str:
    """UTF-8, what Windows PowerShell writes to a file (UTF-16 with a byte order mark), or the encoding
    of a language in which a known message is read."""
    if text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return text.decode("utf-16", errors="replace")
    replaced = text.decode("utf-8-sig", errors="replace")
    return (in_its_encoding(text) or replaced) if "\ufffd" in replaced else replaced


def _environment(options: argparse.Namespace) -> Environment:
    """The process environment, with variables set from the options that name a database."""
    environ = dict(process_environment())
    places = {
        "LAKEBASE_ENDPOINT": options.endpoint,
        "LAKEBASE_INSTANCE": options.instance,
        "PGHOST": options.host,
    }
    if any(places.values()):
        for name in (*places, "LAKEBASE_HOST"):
            environ.pop(name, None)
    others = {"PGDATABASE": options.database, "PGUSER": options.user}
    environ |= {name: value for name, value in (places | others).items() if value}
    if options.database:
        environ.pop("LAKEBASE_DATABASE", None)
    return environ


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _has_colour() -> bool:
    """Source: no-color.org."""
    environ = process_environment()
    return sys.stdout.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def _has_symbols() -> bool:
    try:
        "✓✗·…“”".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
