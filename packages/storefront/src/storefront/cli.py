"""The ``storefront`` command: serve, migrate, fill the catalogue, or all three; check a deployment."""

import argparse
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeAlias

from storefront import __version__

_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def main(argv: list[str] | None = None) -> int:
    """Run one command. Returns its exit code: 0 done, 1 failed, 2 usage error."""
    arguments = _parser().parse_args(argv)
    from storefront import commands  # noqa: PLC0415 - --help need not wait for these imports

    return commands.perform(arguments)


def job() -> None:
    """The same as a task of a job on Databricks, which ignores what an entry point returns.

    Raises SystemExit if the command failed, so that the run fails too.
    """
    if code := main():
        sys.exit(code)


def _port(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= 65_535:
        raise argparse.ArgumentTypeError(f"{value!r} is not a port number; use 1 to 65535")
    return int(value)


def _between(low: int, high: int) -> Callable[[str], int]:
    def number(value: str) -> int:
        if not value.isdecimal() or not low <= int(value) <= high:
            raise argparse.ArgumentTypeError(f"{value!r} is not between {low} and {high}")
        return int(value)

    return number


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{value!r} is not a day such as 2026-11-28") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="storefront",
        description="A fashion shop on Databricks Lakebase. The connection settings come from the "
        "environment, as a Databricks App injects them (PGHOST, LAKEBASE_ENDPOINT, DATABRICKS_HOST…).",
    )
    parser.add_argument("--version", action="version", version=f"storefront {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_serving(commands)
    _add_catalogue(commands)
    _add_batch_work(commands)
    _add_checks(commands)
    return parser


def _listening() -> argparse.ArgumentParser:
    listening = argparse.ArgumentParser(add_help=False)
    listening.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: %(default)s)"
    )
    listening.add_argument(
        "--port", type=_port, default=8000, help="port to listen on (default: %(default)s)"
    )
    listening.add_argument(
        "--workers",
        type=_between(1, 64),
        metavar="N",
        help="processes that serve (default: STORE_WORKERS, or 1)",
    )
    return listening


def _reporting() -> argparse.ArgumentParser:
    reporting = argparse.ArgumentParser(add_help=False)
    reporting.add_argument("--json", action="store_true", help="print the report as JSON")
    return reporting


def _add(
    commands: _Commands,
    name: str,
    *parents: argparse.ArgumentParser,
    help: str,
    description: str = "",
) -> argparse.ArgumentParser:
    """Add a command, which by default is described as in the list of commands."""
    description = description or f"{help[0].upper()}{help[1:]}."
    return commands.add_parser(name, parents=parents, help=help, description=description)


def _add_serving(commands: _Commands) -> None:
    run = _add(commands, "run", _listening(), help="migrate, fill an empty catalogue, serve")
    run.add_argument(
        "--catalog",
        type=Path,
        help="a folder with styles.csv and images/ (default: a demo catalogue)",
    )

    serve = _add(commands, "serve", _listening(), help="serve the shop")
    serve.add_argument(
        "--migrate",
        action="store_true",
        help="migrate the database first, or as soon as it can be reached",
    )


def _add_catalogue(commands: _Commands) -> None:
    _add(commands, "migrate", help="migrate the database to the newest schema")

    load = _add(
        commands,
        "import",
        _reporting(),
        help="add products, size charts or prices from a file; safe to run again",
        description="Add or update products, size charts or prices from a file; safe to run again. A "
        "column that is absent from the file leaves existing products as they are there; an empty cell "
        "empties the value.",
    )
    load.add_argument(
        "file",
        type=Path,
        help="CSV of a catalogue (packages/storefront/docs/catalogue.md: four formats)",
    )
    load.add_argument("--images", type=Path, help="folder of pictures, named <id>.jpg")
    load.add_argument(
        "--rejected", type=Path, metavar="FILE", help="write rejected rows to this file"
    )
    load.add_argument(
        "--doubtful", type=Path, metavar="FILE", help="write doubtful rows to this file"
    )
    load.add_argument(
        "--trust-file",
        action="store_true",
        help="import rows as they are, even where their names contradict them (a girl's shirt under "
        "Women)",
    )
    load.add_argument(
        "--dry-run", action="store_true", help="report what would change, and write nothing"
    )

    save = _add(commands, "export", help="write every product and size to a CSV file")
    save.add_argument("file", type=Path, help="file to write; `import` reads it again")
    instead = save.add_mutually_exclusive_group()
    instead.add_argument(
        "--size-charts", action="store_true", help="write the size charts instead of the products"
    )
    instead.add_argument("--prices", action="store_true", help="write the scheduled prices instead")

    demo = _add(commands, "demo", _reporting(), help="add generated products with drawn pictures")
    demo.add_argument(
        "--products",
        type=_between(100, 1_000_000),
        default=2_000,
        help="how many (default: %(default)s)",
    )
    demo.add_argument(
        "--seed",
        type=_between(1, 99),
        default=1,
        help="1 to 99; each seed adds products of its own",
    )


def _add_batch_work(commands: _Commands) -> None:
    _add(
        commands,
        "work",
        help="keep listings up to date, in addition to the servers, which do so too",
    )
    _add(commands, "rebuild", help="rebuild every listing while the shop stays open")

    _add(
        commands,
        "embed",
        help="compute the vectors of new and changed pictures, for search by photograph",
    )

    insight = _add(
        commands,
        "insight",
        _reporting(),
        help="compute from orders and wishlists what is popular, trending and bought together",
        description="Reads orders and wishlists, computes what is popular, trending and bought "
        "together, and replaces the results of the last run. Run it once a night "
        "(packages/storefront/docs/insight.md).",
    )
    insight.add_argument(
        "--engine",
        choices=("duckdb", "spark"),
        default="duckdb",
        help="what computes: duckdb in this process, or spark on Databricks (default: %(default)s)",
    )
    insight.add_argument(
        "--until",
        type=_day,
        metavar="YYYY-MM-DD",
        help="the last day that counts, in UTC (default: today)",
    )
    insight.add_argument(
        "--facts",
        type=Path,
        metavar="FOLDER",
        help="where the facts are written, readable by the engine: a volume, for spark on several "
        "machines (default: a temporary folder)",
    )
    insight.add_argument(
        "--endpoint",
        metavar="PATH",
        help="the endpoint of the database, projects/…/branches/…/endpoints/…, for a job, which has no "
        "environment variables (default: LAKEBASE_ENDPOINT)",
    )


def _add_checks(commands: _Commands) -> None:
    _add(
        commands,
        "audit",
        _reporting(),
        help="check that stock, coupons, gift cards, payments and orders agree; exit code 1 if not",
    )
    _add(
        commands,
        "settle-pending",
        _reporting(),
        help="look up the outcome of unfinished payments, and release expired holds on stock",
    )

    check = _add(
        commands,
        "check-deploy",
        _reporting(),
        help="check app.yaml and databricks.yml against their schemas, each other and this code",
    )
    check.add_argument(
        "--root", type=Path, default=Path(), help="the checkout (default: the current folder)"
    )


if __name__ == "__main__":
    sys.exit(main())
