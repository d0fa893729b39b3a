"""`storefront insight`: computes, publishes, and says what it found."""

import argparse
import contextlib
import json
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from storefront.db import Database
from storefront.insight import service
from storefront.insight.engine import engine_named
from storefront.insight.service import Report
from storefront.terminal import console


async def run(arguments: argparse.Namespace, database: Database) -> Report:
    """One run as the arguments say. Raises NotOffered (501), Unavailable (503)."""
    engine = engine_named(arguments.engine)
    until = arguments.until or datetime.now(UTC).date()
    with contextlib.ExitStack() as stack:
        folder = arguments.facts or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        with console.status("Computing from orders and wishlists"):
            return await service.run(database, engine, folder, until)


def show(report: Report, *, as_json: bool) -> None:
    """Print what a run did."""
    if as_json:
        print(json.dumps(asdict(report), default=str))
        return
    console.print(
        f"{report.sold:,} pieces sold until {report.until}: {report.paired:,} products have others that "
        f"are bought with them, {report.trending:,} are trending."
    )
    if report.popularity_changed is None:
        console.print(
            f"Popularity was left as it is: it needs {service.LEAST_SOLD:,} pieces sold to say more."
        )
    else:
        console.print(f"{report.popularity_changed:,} products have another popularity.")
