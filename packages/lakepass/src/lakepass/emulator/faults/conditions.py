"""What the gateway and the workspace ask before they answer: `faults.py` changes it, on command."""

import random
import threading
import time
from collections import deque
from enum import Enum

from lakepass.emulator.gateway.refusals import BLOCKED, STOPPED, WAKING, Refusal

_WINDOW_S = 60.0


class Phase(Enum):
    """What a compute does. Only a running one takes logins."""

    RUNNING = "running"
    ASLEEP = "scaled to zero; a login wakes it"
    WAKING = "waking"
    RESTARTING = "restarting"
    FAILING_OVER = "failing over"
    STOPPED = "stopped by hand"


class Compute:
    """Whether a database takes logins, and which.

    native_login: whether it takes Postgres's own passwords too. is_readable: whether its read-only
    hosts, if it has some, take logins. most_sessions: after so many there is no room for more; None
    leaves that to Postgres.
    """

    def __init__(self, *, native_login: bool = False, is_stopped: bool = False) -> None:
        self.native_login = self._native_login_at_first = native_login
        self.is_readable = True
        self.most_sessions: int | None = None
        self._lock = threading.Lock()
        self._phase_at_first = Phase.STOPPED if is_stopped else Phase.RUNNING
        self._phase = self._phase_at_first
        self._takes_s = self._until = 0.0
        self._refuses_while_waking = False

    @property
    def phase(self) -> Phase:
        """What it does now."""
        with self._lock:
            return self._settled()

    @property
    def is_stopped(self) -> bool:
        """Stopped by hand: no login wakes it."""
        return self.phase is Phase.STOPPED

    @property
    def is_as_at_first(self) -> bool:
        """Whether it does what it did when the emulator was started."""
        return self.phase is self._phase_at_first

    @property
    def has_other_native_login(self) -> bool:
        """Whether native login is not as it was at first."""
        return self.native_login is not self._native_login_at_first

    @property
    def refuses_while_waking(self) -> bool:
        """Whether logins are refused until it is awake, instead of held."""
        return self._refuses_while_waking

    def become(self, phase: Phase, takes_s: float = 0.0, *, refuses: bool = False) -> None:
        """Enter a phase, which ends after so many seconds; sleep ends so long after a login.

        refuses: logins that come while it wakes are refused, not held.
        """
        with self._lock:
            self._phase, self._takes_s = phase, takes_s
            self._until = time.monotonic() + takes_s
            self._refuses_while_waking = refuses

    def recover(self) -> None:
        """Run again, or be stopped, as at first."""
        self.become(self._phase_at_first)

    def reset_native_login(self) -> None:
        """Take native passwords as at first."""
        self.native_login = self._native_login_at_first

    def holds_login(self) -> bool:
        """A login is tried: whether it has to wait, for a compute that it wakes."""
        with self._lock:
            self._wake()
            return self._settled() is Phase.WAKING and not self._refuses_while_waking

    def knock(self) -> Refusal | None:
        """A login is tried: how it is refused, or None if it may go on."""
        with self._lock:
            self._wake()
            if self._settled() is Phase.RUNNING:
                return None
            return STOPPED if self._phase is Phase.STOPPED else WAKING

    def _wake(self) -> None:
        if self._phase is Phase.ASLEEP:
            self._phase, self._until = Phase.WAKING, time.monotonic() + self._takes_s

    def _settled(self) -> Phase:
        passing = (Phase.WAKING, Phase.RESTARTING, Phase.FAILING_OVER)
        if self._phase in passing and time.monotonic() >= self._until:
            self._phase = Phase.RUNNING
        return self._phase


class Minting:
    """How the endpoints that issue database credentials behave."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._status: int | None = None
        self._retry_after_s: int | None = None
        self._left: int | None = None
        self._rate = 1.0
        self._chance = random.Random(1)  # noqa: S311 - the same requests fail in every run
        self._asked_at: deque[float] = deque()
        self.per_minute: int | None = None
        self.delay_s = 0.0

    @property
    def is_failing(self) -> bool:
        """Whether a request may be failed with the status that was set."""
        return self._status is not None and self._left != 0

    def fail(
        self, status: int | None, retry_after_s: int | None, count: int | None, rate: float
    ) -> None:
        """Fail with this status: `count` requests or (None) all, and of these a share."""
        with self._lock:
            self._status, self._retry_after_s, self._left = status, retry_after_s, count
            self._rate = rate

    def throttle(self, per_minute: int | None) -> None:
        """Answer 429 beyond so many a minute, from now on; None: as many as are asked for."""
        with self._lock:
            self.per_minute = per_minute
            self._asked_at.clear()

    def next(self) -> tuple[int, int | None] | None:
        """The status and Retry-After to fail this request with, or None if it may succeed."""
        with self._lock:
            if self.per_minute is not None and (wait_s := self._wait_s(self.per_minute)):
                return 429, wait_s
            if not self.is_failing or self._chance.random() >= self._rate:
                return None
            if self._left is not None:
                self._left -= 1
            return self._status or 500, self._retry_after_s

    def _wait_s(self, per_minute: int) -> int:
        """Whole seconds until there is room for this request; it is counted if that is now."""
        now = time.monotonic()
        while self._asked_at and self._asked_at[0] <= now - _WINDOW_S:
            self._asked_at.popleft()
        if len(self._asked_at) < per_minute:
            self._asked_at.append(now)
            return 0
        return int(self._asked_at[-per_minute] + _WINDOW_S - now) + 1 if per_minute else 60


class AccessList:
    """Who may come in, to the workspace and to every database: all but one address, if that."""

    def __init__(self) -> None:
        self.blocked: str | None = None

    def refusal(self, address: str) -> Refusal | None:
        """How a login from there is refused, or None if it may go on."""
        return BLOCKED if address == self.blocked else None
