"""Restarts a Postgres that died, and reports one that cannot be restarted."""

import logging
import threading
import time
from collections.abc import Callable, Iterable

from lakepass.emulator.postgres.binaries import EmulatorError
from lakepass.emulator.postgres.cluster import Cluster

log = logging.getLogger(__name__)

# After this many deaths within this time, another restart would not help.
_DEATHS = 3
_WINDOW_S = 30.0


class Supervisor:
    """Watches running clusters, each from a thread that ends when the cluster is stopped.

    on_failure: called, from such a thread, with the reason why a server stays down.
    """

    def __init__(
        self, clusters: Iterable[Cluster], on_failure: Callable[[EmulatorError], None]
    ) -> None:
        self._on_failure = on_failure
        for cluster in clusters:
            threading.Thread(
                target=self._watch, args=[cluster], name=f"lakepass-{cluster.name}", daemon=True
            ).start()

    def _watch(self, cluster: Cluster) -> None:
        died_at: list[float] = []
        while (code := cluster.wait_for_death()) is not None:
            ending = f"signal {code - 128}" if code > 128 else f"exit code {code}"
            reason = f"Postgres ended unexpectedly ({ending}). Its log is {cluster.log}."
            died_at = [at for at in died_at if at > time.monotonic() - _WINDOW_S]
            died_at.append(time.monotonic())
            if len(died_at) >= _DEATHS:
                self._give_up(f"{reason} This happened {_DEATHS} times in {_WINDOW_S:g} s.")
                return
            log.warning("%s Restarting it.", reason)
            try:
                cluster.start()
            except EmulatorError as error:
                self._give_up(f"{reason} It cannot be restarted: {error}")
                return

    def _give_up(self, reason: str) -> None:
        error = EmulatorError(reason)
        log.error("%s", error)
        self._on_failure(error)
