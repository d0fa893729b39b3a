"""The commands of the doctor. Each returns its exit code: 0 nothing found, 1 something, 2 wrong use."""

import argparse
import json
import sys

from lakepass.commands import declare_target, without_traceback
from lakepass.target import Environment, process_environment

DOCTOR = """\
Try every step of a login in order, from the settings to the rights in a schema: say what each one
saw, name the root cause of what fails, and print the lines that mend it. Nothing is changed, and no
secret is shown.

    lakepass doctor
    lakepass doctor --schema shop --write       can the app do its work in this schema?
    lakepass doctor --json                      for a script; the form is docs/doctor.schema.json

It looks at the environment of the shell it runs in: in a Databricks App, run it in the app. Steps
that nothing can be said of are marked, with the reason. Exit code: 0 healthy, 1 a fault was found,
2 wrong use. All diagnoses are explained in docs/diagnoses.md.
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
    parser.add_argument(
        "--write", action="store_true", help="the rights to write there, not only to read"
    )
    parser.add_argument(
        "--connections",
        type=_count,
        metavar="N",
        help="how many connections your pools may open: processes times (pool_size + max_overflow)",
    )
    declare_target(parser)


@without_traceback
def doctor(options: argparse.Namespace) -> int:
    """Examine, and print the report."""
    from lakepass.doctor.examination import examine  # noqa: PLC0415 - keeps `--help` quick

    report = examine(
        _environment(options),
        as_app=options.as_app,
        schemas=options.schema,
        is_writing=options.write,
        connections=options.connections,
    )
    if options.json:
        print(json.dumps(report.as_dict()))
    else:
        print("\n".join(report.lines(colour=_has_colour(), plain=not _has_symbols())))
    return 0 if report.is_healthy else 1


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
