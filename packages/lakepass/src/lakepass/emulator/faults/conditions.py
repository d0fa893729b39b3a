"""The state that the gateway and the workspace check on each request; `switches.py` changes it."""

import random
import threading
import time
from collections import deque
from enum import Enum

from lakepass.emulator.gateway.refusals import BLOCKED, STOPPED, WAKING, Refusal

_WINDOW_S = 60.0


class Phase(Enum):
    """The state of a compute. Only a running one accepts logins."""

    RUNNING = "running"
    ASLEEP = "scaled to zero; a login wakes it"
    WAKING = "waking"
    RESTARTING = "restarting"
    FAILING_OVER = "failing over"
    STOPPED = "stopped by hand"


class Compute:
    """Whether a database accepts logins, and which.

    native_login: whether it accepts native Postgres passwords too. is_readable: whether its read-only
    hosts, if it has some, accept logins. most_sessions: the limit of open sessions; None leaves the
    limit to Postgres.
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
        """The current phase."""
        with self._lock:
            return self._settled()

    @property
    def is_stopped(self) -> bool:
        """Stopped manually: no login wakes it."""
        return self.phase is Phase.STOPPED

    @property
    def is_as_at_first(self) -> bool:
        """Whether it is in the state in which the emulator was started."""
        return self.phase is self._phase_at_first

    @property
    def has_other_native_login(self) -> bool:
        """Whether native login differs from its initial setting."""
        return self.native_login is not self._native_login_at_first

    @property
    def refuses_while_waking(self) -> bool:
        """Whether logins are refused until it is awake, instead of held."""
        return self._refuses_while_waking

    def become(self, phase: Phase, takes_s: float = 0.0, *, refuses: bool = False) -> None:
        """Enter a phase for `takes_s` seconds; for sleep, the seconds that waking takes after a login.

        refuses: logins that arrive while it wakes are refused instead of held.
        """
        with self._lock:
            self._phase, self._takes_s = phase, takes_s
            self._until = time.monotonic() + takes_s
            self._refuses_while_waking = refuses

    def recover(self) -> None:
        """Return to the initial phase: running or stopped."""
        self.become(self._phase_at_first)

    def reset_native_login(self) -> None:
        """Return native login to its initial setting."""
        self.native_login = self._native_login_at_first

    def holds_login(self) -> bool:
        """Whether a new login has to wait for the compute to wake; starts waking it."""
        with self._lock:
            self._wake()
            return self._settled() is Phase.WAKING and not self._refuses_while_waking

    def knock(self) -> Refusal | None:
        """The refusal for a new login, or None if it may proceed; starts waking a sleeping compute."""
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


class Requests:
    """How requests of one kind are answered: for database credentials, or to served models."""

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
        """Whether a request may fail with the configured status."""
        return self._status is not None and self._left != 0

    def fail(
        self, status: int | None, retry_after_s: int | None, count: int | None, rate: float
    ) -> None:
        """Fail with this status: `count` requests (None: all), or a share of them."""
        with self._lock:
            self._status, self._retry_after_s, self._left = status, retry_after_s, count
            self._rate = rate

    def throttle(self, per_minute: int | None) -> None:
        """Answer 429 above this many requests a minute; None: no limit."""
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
        """Whole seconds until the limit allows this request; it is counted if that is now."""
        now = time.monotonic()
        while self._asked_at and self._asked_at[0] <= now - _WINDOW_S:
            self._asked_at.popleft()
        if len(self._asked_at) < per_minute:
            self._asked_at.append(now)
            return 0
        return int(self._asked_at[-per_minute] + _WINDOW_S - now) + 1 if per_minute else 60


class AccessList:
    """The IP access list of the workspace and every database; at most one address is blocked."""

    def __init__(self) -> None:
        self.blocked: str | None = None

    def refusal(self, address: str) -> Refusal | None:
        """The refusal of a login from this address, or None if it may proceed."""
        return BLOCKED if address == self.blocked else None
