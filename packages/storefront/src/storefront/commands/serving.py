"""`storefront serve`. Imports nothing of the app, which the processes that serve do at the same time."""

import argparse
import logging

from storefront import budget, workers
from storefront.commands.database import now_or_when_reachable
from storefront.commands.outcome import DONE, FAILED, USAGE_ERROR
from storefront.settings import Settings
from storefront.terminal import console
from storefront.web.connection import why_not_listen
from storefront.web.signing_keys import keys_of

log = logging.getLogger(__name__)


def serve(arguments: argparse.Namespace, settings: Settings) -> int:
    """Serve the shop."""
    if problem := why_not_listen(arguments.host, arguments.port):
        console.print(problem, style="red")
        return USAGE_ERROR
    with workers.preloaded(settings.workers):
        if arguments.migrate:
            from storefront.commands.migrating import migrate_now  # noqa: PLC0415 - many imports

            now_or_when_reachable(lambda: migrate_now(settings))
        return listen(arguments, settings)


def listen(arguments: argparse.Namespace, settings: Settings) -> int:
    """Serve until the process is stopped, if what that needs fits.

    Raises Unavailable (503) without keys to sign with: each worker would fail with a traceback.
    """
    keys_of(settings)
    planned = budget.budget(settings, budget.known_limits(settings))
    for line in planned.lines():
        log.info(line)
    if refusal := planned.refusal():
        console.print(refusal, style="red")
        return FAILED
    return DONE if workers.serve(arguments.host, arguments.port, settings.workers) else FAILED
