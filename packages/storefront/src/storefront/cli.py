"""The ``storefront`` command: serve, migrate, fill the catalogue, or all three; check a deployment."""

import argparse
import sys
from pathlib import Path

from storefront import __version__


def main(argv: list[str] | None = None) -> int:
    """Run one command. Returns its exit code: 0 done, 1 failed, 2 wrong use."""
    arguments = _parser().parse_args(argv)
    from storefront import commands  # noqa: PLC0415 - a second of imports that --help does without

    return commands.perform(arguments)


def _port(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= 65_535:
        raise argparse.ArgumentTypeError(f"{value!r} is no port; give a number from 1 to 65535")
    return int(value)


def _count(value: str) -> int:
    if not value.isdecimal() or not 100 <= int(value) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{value!r} is not between 100 and 1000000")
    return int(value)


def _seed(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= 99:
        raise argparse.ArgumentTypeError(f"{value!r} is not between 1 and 99")
    return int(value)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="storefront",
        description="A fashion shop on Databricks Lakebase. Where the database is comes from the "
        "environment, as a Databricks App injects it (PGHOST, LAKEBASE_ENDPOINT, DATABRICKS_HOST…).",
    )
    parser.add_argument("--version", action="version", version=f"storefront {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    listening = argparse.ArgumentParser(add_help=False)
    listening.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: %(default)s)"
    )
    listening.add_argument(
        "--port", type=_port, default=8000, help="port to listen on (default: %(default)s)"
    )
    telling = argparse.ArgumentParser(add_help=False)
    telling.add_argument("--json", action="store_true", help="print the report as JSON")

    run = commands.add_parser(
        "run", parents=[listening], help="migrate, fill an empty catalogue, serve"
    )
    run.add_argument(
        "--catalog",
        type=Path,
        help="a folder with styles.csv and images/ (default: a demo catalogue)",
    )

    serve = commands.add_parser("serve", parents=[listening], help="serve the shop")
    serve.add_argument(
        "--migrate",
        action="store_true",
        help="bring the database to the newest schema first, or as soon as it can be reached",
    )

    commands.add_parser("migrate", help="bring the database to the newest schema")

    load = commands.add_parser(
        "import",
        parents=[telling],
        help="add products, size charts or prices from a file; safe to run again",
    )
    load.add_argument("file", type=Path, help="CSV of a catalogue (docs/catalogue.md: four forms)")
    load.add_argument("--images", type=Path, help="folder of pictures named <id>.jpg")
    load.add_argument("--rejected", type=Path, metavar="FILE", help="write rejected rows there")
    load.add_argument("--doubtful", type=Path, metavar="FILE", help="write doubtful rows there")
    load.add_argument(
        "--trust-file",
        action="store_true",
        help="take rows as they are, whatever their names say (a Girl's shirt under Women)",
    )
    load.add_argument("--dry-run", action="store_true", help="only say what would change")

    save = commands.add_parser("export", help="write every product and size to a CSV file")
    save.add_argument("file", type=Path, help="file to write; `import` reads it again")
    instead = save.add_mutually_exclusive_group()
    instead.add_argument(
        "--size-charts", action="store_true", help="write the size charts instead of the products"
    )
    instead.add_argument(
        "--prices", action="store_true", help="write the prices that hold for a while instead"
    )

    commands.add_parser(
        "work", help="keep listings fresh beside the servers (each of which does so too)"
    )
    commands.add_parser("rebuild", help="make every listing again, while the shop is open")

    commands.add_parser(
        "embed",
        help="compute the vectors of new and changed pictures, which search by photograph compares",
    )

    demo = commands.add_parser(
        "demo", parents=[telling], help="add generated products with drawn pictures"
    )
    demo.add_argument(
        "--products", type=_count, default=2_000, help="how many (default: %(default)s)"
    )
    demo.add_argument(
        "--seed", type=_seed, default=1, help="1 to 99: another seed, other products beside these"
    )

    commands.add_parser(
        "audit",
        parents=[telling],
        help="compare stock, coupons, gift cards, payments and orders; exit code 1 where they differ",
    )
    commands.add_parser(
        "settle-pending",
        parents=[telling],
        help="find out what became of payments that nobody finished, and end holds that expired",
    )

    check = commands.add_parser(
        "check-deploy",
        parents=[telling],
        help="hold app.yaml and databricks.yml to their schema, each other and this code",
    )
    check.add_argument(
        "--root", type=Path, default=Path(), help="the checkout (default: the current folder)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
