"""Commands for what servers also do in the background, and for batch work."""

import argparse
import asyncio
from functools import partial

from storefront import embedding
from storefront.app import drawing
from storefront.commands.database import with_database
from storefront.commands.outcome import DONE
from storefront.db import Database
from storefront.insight import command as insights
from storefront.search.read_model import refresh, worker
from storefront.settings import Settings
from storefront.terminal import console


def work(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Keep listings up to date until it is stopped."""
    console.print("Keeping listings up to date. Press Ctrl-C to stop.")
    asyncio.run(with_database(settings, worker.work))
    return DONE


def rebuild(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Rebuild every listing while the shop stays open."""

    async def rebuild_all(database: Database) -> None:
        await refresh.rebuild(database)
        await refresh.refresh_all(database)

    asyncio.run(with_database(settings, rebuild_all))
    console.print("Every listing was rebuilt.")
    return DONE


def embed(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Compute the vectors of new and changed pictures."""
    embed_new = partial(embedding.embed, settings=settings, drawing=drawing())
    console.print(asyncio.run(with_database(settings, embed_new)))
    return DONE


def insight(arguments: argparse.Namespace, settings: Settings) -> int:
    """Compute what is popular, trending and bought together."""
    compute = partial(insights.run, arguments)
    report = asyncio.run(with_database(settings, compute, endpoint=arguments.endpoint))
    insights.show(report, as_json=arguments.json)
    return DONE
