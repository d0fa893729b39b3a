"""Commands that check: the books, unfinished payments, a deployment."""

import argparse
import asyncio
import json
from dataclasses import asdict

from storefront import audit as books
from storefront.checkout.settling import Settled
from storefront.checkout.settling import settle_pending as settle_payments
from storefront.commands.database import with_database
from storefront.commands.outcome import DONE, FAILED, USAGE_ERROR
from storefront.commands.payments import provider_of
from storefront.db import Database
from storefront.settings import Settings
from storefront.terminal import console


def audit(arguments: argparse.Namespace, settings: Settings) -> int:
    """Whether stock, coupons, gift cards, payments and orders agree."""
    findings = asyncio.run(with_database(settings, books.audit))
    if arguments.json:
        rows = [asdict(one) for one in findings]
        print(json.dumps({"ok": not findings, "books": books.BOOKS, "differences": rows}, indent=1))
    else:
        print("\n".join(books.lines(findings)) or "No differences found.")
    return FAILED if findings else DONE


def settle_pending(arguments: argparse.Namespace, settings: Settings) -> int:
    """Look up the outcome of unfinished payments, and release expired holds on stock."""

    async def settle(database: Database) -> Settled:
        return await settle_payments(database, provider_of(database, settings))

    settled = asyncio.run(with_database(settings, settle))
    if arguments.json:
        print(json.dumps(asdict(settled)))
    else:
        print(
            f"{len(settled.placed)} orders placed, {settled.failed} payments ended without one, "
            f"{settled.waiting} waiting, {settled.unanswered} without a response from the provider, "
            f"{settled.released} holds released."
        )
    return FAILED if settled.unanswered else DONE


def check_deploy(arguments: argparse.Namespace, _settings: Settings) -> int:
    """Check the files that deploy this shop."""
    try:
        from storefront.deploy.check import check  # noqa: PLC0415 - a server does not need its packages
    except ModuleNotFoundError as error:
        console.print(
            f"check-deploy needs the package {error.name}: pip install 'storefront[tools]'",
            style="red",
        )
        return USAGE_ERROR
    try:
        findings = check(arguments.root)
    except NotADirectoryError:
        console.print(f"There is no folder {arguments.root}.", style="red")
        return USAGE_ERROR
    errors = [finding for finding in findings if finding.severity == "error"]
    if arguments.json:
        print(json.dumps({"ok": not errors, "findings": [asdict(f) for f in findings]}, indent=1))
    else:
        for finding in findings:
            print("\n".join(finding.lines()))
        print(_summary(len(errors), len(findings) - len(errors)))
    return FAILED if errors else DONE


def _summary(errors: int, warnings: int) -> str:
    counts = f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}."
    return counts if errors else f"Ready to deploy: {counts}"
