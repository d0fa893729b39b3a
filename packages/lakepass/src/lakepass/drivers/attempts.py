"""What to do after a failed attempt to connect, the same for every driver. No I/O."""

import logging
import random
import time
from typing import TYPE_CHECKING

from lakepass import telemetry
from lakepass.errors import ConnectError, harmless, redact
from lakepass.refusals import ERRORS, TIMED_OUT, Refusal, RefusalKind, classify_error

if TYPE_CHECKING:
    from lakepass.credentials.login import Login
    from lakepass.lakebase import Lakebase

log = logging.getLogger(__name__)

ATTEMPT_S = 20.0  # a compute may need ten to wake while the gateway keeps the client waiting
# A peer that disappeared is detected within 80 s: after 30 s of silence come 5 probes. Data that was
# sent may stay unacknowledged for as long (Linux, tcp(7): TCP_USER_TIMEOUT).
KEEPALIVE_IDLE_S, KEEPALIVE_INTERVAL_S, KEEPALIVE_COUNT = 30, 10, 5
GONE_AFTER_S = KEEPALIVE_IDLE_S + KEEPALIVE_INTERVAL_S * KEEPALIVE_COUNT
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 4.0


class Attempts:
    """The attempts of one connect, within `lake.connect_deadline_s` seconds.

    If a server refuses a credential that should be valid, it is dropped from the cache and one retry
    is made with a fresh one. A sleeping, full or unreachable database is retried until the deadline.
    """

    def __init__(self, lake: "Lakebase") -> None:
        self._lake = lake
        self._began = time.monotonic()
        self._deadline = self._began + lake.connect_deadline_s
        self._retried = False
        self._renewed = False
        self._refusals: list[str] = []  # codes
        self._answered: tuple[BaseException, Refusal] | None = None  # the last one with an answer

    @property
    def left_s(self) -> float:
        """Seconds until the deadline; never below 0."""
        return max(0.0, self._deadline - time.monotonic())

    @property
    def timeout_s(self) -> float:
        """Seconds that one attempt may take."""
        return max(0.1, min(ATTEMPT_S, self.left_s))

    def succeeded(self, login: "Login") -> None:
        """A server accepted this login."""
        self._lake.accept(login.credential)
        self._record(login, None)

    def failed(self, error: BaseException, login: "Login") -> float:
        """Seconds to wait before the next attempt.

        Raises LoginRejected, DatabaseUnavailable or ConnectError, from `error`, if there is no next one.
        """
        refusal = classify_error(error)
        self._refusals.append(refusal.code)
        telemetry.current().refused(refusal.code)
        if refusal.kind is RefusalKind.STALE and not self._retried:
            self._retried = True
            self._renewed = self._lake.invalidate(login.credential)
            if self._renewed:
                log.info(
                    "A login was refused (%s); retrying once with a fresh credential", refusal.code
                )
                return 0.0
        pause_s = self._pause_s()
        if refusal.kind is RefusalKind.TRANSIENT and refusal.code != TIMED_OUT.code:
            self._answered = error, refusal
        if refusal.kind is not RefusalKind.TRANSIENT or pause_s >= self.left_s:
            if refusal.code == TIMED_OUT.code and self._answered is not None:
                # The deadline cut this attempt short; the reason is what was answered before.
                error, refusal = self._answered
            explained = self._explained(error, refusal, login)
            self._record(login, explained)
            raise explained from harmless(error, (login.credential.password,))
        log.info(
            "The database is not available yet (%s); retrying in %.1f s", refusal.code, pause_s
        )
        return pause_s

    def _pause_s(self) -> float:
        doublings = min(len(self._refusals) - 1, 16)
        pause_s: float = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0**doublings)
        return pause_s * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, hides nothing

    def _explained(self, error: BaseException, refusal: Refusal, login: "Login") -> ConnectError:
        server = redact(str(error).strip() or type(error).__name__, (login.credential.password,))
        return ERRORS[refusal.kind](
            f"Cannot connect to {login.database} on {login.host}: {refusal.cause}",
            code=refusal.code,
            next_step=refusal.next_step,
            facts={
                "role": login.user,
                "server": server,
                "sqlstate": getattr(error, "sqlstate", None) or "none",
                "attempts": len(self._refusals),
            },
        )

    def _record(self, login: "Login", error: ConnectError | None) -> None:
        telemetry.current().connected(
            host=login.host,
            port=login.port,
            database=login.database,
            took_s=time.monotonic() - self._began,
            refusals=self._refusals,
            renewed=self._renewed,
            error=error,
        )
