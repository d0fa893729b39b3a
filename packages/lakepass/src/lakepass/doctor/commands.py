"""The commands of the doctor. Each returns its exit code: 0 nothing found, 1 something, 2 wrong use."""

import argparse
import codecs
import json
import sys
from pathlib import Path

from lakepass.commands.connect import declare_level, declare_target, without_traceback
from lakepass.commands.grants import Level
from lakepass.doctor.report import in_ascii
from lakepass.target.settings import Environment, process_environment

DOCTOR = """\
Try every step of a login in order, from the settings to the rights in a schema. Say what is wrong
and which lines fix it, then how each step went. Nothing is changed, and no secret is shown.

    lakepass doctor
    lakepass doctor --verbose                   and what each step saw
    lakepass doctor --schema shop --write       may the app write there, and run its migrations?
    lakepass doctor --read                      reading is all you do: a read-only host will do
    lakepass doctor --json                      for a script; the form is docs/doctor.schema.json

It looks at the environment of the shell it runs in: in a Databricks App, run it in the app. Steps
that could not be tried are marked. Exit code: 0 healthy, 1 a fault was found, 2 wrong use. All
diagnoses are explained in docs/diagnoses.md.
"""

EXPLAIN = """\
Read an error, a log or the report of a start-up from a file or from standard input, and name the
causes that are recognised in it, with the lines that fix them: what is certain first, then what
follows from that, then what is suspected. The words of Postgres drivers and tools (asyncpg, psycopg,
SQLAlchemy, JDBC, Npgsql, pgx, node-postgres, Prisma, psql and more) and of the Databricks SDK and
CLI are known. Nothing is sent anywhere, and no secret that is in the text is printed.

    lakepass explain app.log
    psql 2>&1 | lakepass explain
    pbpaste | lakepass explain

Exit code: 0 something was recognised, 1 nothing was, 2 wrong use.
"""

_NOTHING = """\
Nothing in this text is known to lakepass. Where the program runs, this tries every step itself:

    lakepass doctor
"""


def declare_doctor(parser: argparse.ArgumentParser) -> None:
    """Options of `lakepass doctor`."""
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    parser.add_argument(
        "--as-app",
        action="store_true",
        default=None,
        help="look at what a Databricks App has attached (default: where DATABRICKS_APP_NAME is set)",
    )
    parser.add_argument(
        "--schema",
        action="append",
        default=[],
        metavar="NAME",
        help="look at rights in this schema; may be given several times",
    )
    declare_level(
        parser,
        {
            Level.READ: "reading is all you do: the rights to read there, by whichever host",
            Level.WRITE: "the rights of an app: to write rows, to create tables, to alter its own",
            Level.CREATE: "the rights to write rows and to create tables, whoever owns the others",
            Level.OWN: "the rights of the owner of the schema and of all that is in it",
        },
        default=None,
    )
    parser.add_argument(
        "--no-migrations",
        dest="migrates",
        action="store_false",
        help="with --write: another role creates and alters the tables; rows are all that you write",
    )
    parser.add_argument("--verbose", action="store_true", help="print what each step saw")
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

    logging.basicConfig(level=logging.CRITICAL)  # what the SDK warns of, the report says, too
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
    """Name the causes in a text."""
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
    """What stands in the file, or is typed, pasted or piped in. Raises OSError."""
    if file not in (None, "-"):
        return _decoded(Path(str(file)).read_bytes())
    if sys.stdin.isatty():
        print("Paste the text, then press Ctrl-D.", file=sys.stderr)
    return _decoded(sys.stdin.buffer.read())


def _decoded(text: bytes) -> str:
    """UTF-8, or what Windows PowerShell writes to a file: UTF-16 with a byte order mark."""
    is_utf_16 = text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return text.decode("utf-16" if is_utf_16 else "utf-8-sig", errors="replace")


def _environment(options: argparse.Namespace) -> Environment:
    """The process environment, in which options that name a database stand for variables."""
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
