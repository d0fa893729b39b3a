"""What can go wrong with a Lakebase, on command.

`Compute` and `Minting` are what the gateway and the workspace ask before they answer; `Faults` is
how a test changes them, from any thread.
"""

import asyncio
import concurrent.futures
import threading
import time
from collections.abc import Callable, Collection, Coroutine, Mapping
from typing import Any

from lakepass.emulator.binaries import EmulatorError
from lakepass.emulator.refusals import STOPPED, WAKING, Refusal
from lakepass.emulator.tokens import Tokens

_ANSWER_DEADLINE_S = 10.0


class Compute:
    """Whether the database takes logins: running, asleep (a login wakes it), or stopped.

    native_login: whether it takes Postgres's own passwords too. is_readable: whether its read-only
    hosts, if it has some, take logins.
    """

    def __init__(self, *, native_login: bool = False, is_stopped: bool = False) -> None:
        self.native_login = self._native_login_at_first = native_login
        self.is_readable = True
        self._lock = threading.Lock()
        self._stopped = self._stopped_at_first = is_stopped
        self._wake_s: float | None = None
        self._awake_at: float | None = None

    @property
    def is_stopped(self) -> bool:
        """Stopped by hand: no login wakes it."""
        return self._stopped

    @property
    def is_asleep(self) -> bool:
        """Scaled to zero and not yet up again."""
        if self._awake_at is not None:
            return time.monotonic() < self._awake_at
        return self._wake_s is not None

    def reset(self) -> None:
        """Be again as at the start."""
        self.native_login = self._native_login_at_first
        self.is_readable = True
        if self._stopped_at_first:
            self.stop()
        else:
            self.run()

    def run(self) -> None:
        """Take logins."""
        with self._lock:
            self._stopped, self._wake_s, self._awake_at = False, None, None

    def stop(self) -> None:
        """Take no logins."""
        with self._lock:
            self._stopped, self._wake_s, self._awake_at = True, None, None

    def sleep(self, wake_s: float) -> None:
        """Take no logins until so long after the first one was tried."""
        with self._lock:
            self._stopped, self._wake_s, self._awake_at = False, wake_s, None

    def knock(self) -> Refusal | None:
        """A login is tried: how it is refused, or None if it may go on."""
        with self._lock:
            if self._stopped:
                return STOPPED
            if self._wake_s is None:
                return None
            # Assumed: a login that wakes the database is refused like one to a server that is
            # starting; the docs say no more than that applications should be ready to try again.
            if self._awake_at is None:
                self._awake_at = time.monotonic() + self._wake_s
            if time.monotonic() < self._awake_at:
                return WAKING
            self._wake_s, self._awake_at = None, None
            return None


class Minting:
    """How the endpoints that issue database credentials behave."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._status: int | None = None
        self._retry_after_s: int | None = None
        self._left: int | None = None
        self.delay_s = 0.0

    def set(self, status: int | None, retry_after_s: int | None, count: int | None) -> None:
        """Fail with this status, `count` times or (None) until told otherwise."""
        with self._lock:
            self._status, self._retry_after_s, self._left = status, retry_after_s, count

    def next(self) -> tuple[int, int | None] | None:
        """The status and Retry-After to fail this request with, or None if it may succeed."""
        with self._lock:
            if self._status is None or self._left == 0:
                return None
            if self._left is not None:
                self._left -= 1
            return self._status, self._retry_after_s


class Faults:
    """The faults of one running emulator. Every call returns once the fault is in force.

    at: the endpoint (its resource name) or instance (its name) that is meant; None means all. An
    upgraded instance and its endpoint are one.
    """

    def __init__(
        self,
        *,
        tokens: Tokens,
        computes: Mapping[str, Compute],
        minting: Minting,
        cut: Callable[[bool, Collection[Compute]], Coroutine[Any, Any, None]],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._tokens = tokens
        self._computes = computes
        self._minting = minting
        self._cut = cut
        self._loop = loop

    def expire_tokens(self) -> None:
        """Refuse all database credentials issued so far. Sign-ins to the workspace stay good."""
        self._tokens.expire_credentials()

    def set_credential_life(self, seconds: int | None) -> None:
        """Let credentials live so long from now on, to the second; None for the usual hour."""
        self._tokens.credential_life_s = seconds

    def fail_credentials(
        self, status: int = 503, *, retry_after_s: int | None = None, count: int | None = None
    ) -> None:
        """Answer requests for credentials with an error, `count` times or until `clear`."""
        self._minting.set(status, retry_after_s, count)

    def slow_credentials(self, seconds: float) -> None:
        """Let requests for credentials take this much longer."""
        self._minting.delay_s = seconds

    def cut_connections(self, *, goodbye: bool = True, at: str | None = None) -> None:
        """End all sessions: with Postgres's word (57P01), or without one, as a broken network."""
        cutting = asyncio.run_coroutine_threadsafe(self._cut(goodbye, self._at(at)), self._loop)
        try:
            cutting.result(_ANSWER_DEADLINE_S)
        except concurrent.futures.TimeoutError:
            cutting.cancel()
            raise

    def sleep(self, wake_s: float = 0.0, *, at: str | None = None) -> None:
        """Scale to zero: sessions end; the next login wakes the database, which takes `wake_s`.

        Until then logins are refused as by a server that is starting.
        """
        for compute in self._at(at):
            compute.sleep(wake_s)
        self.cut_connections(at=at)

    def stop_database(self, *, at: str | None = None) -> None:
        """Sessions end, logins are refused until `start_database`."""
        for compute in self._at(at):
            compute.stop()
        self.cut_connections(at=at)

    def start_database(self, *, at: str | None = None) -> None:
        """Take logins again, at once."""
        for compute in self._at(at):
            compute.run()

    def set_native_login(self, on: bool, *, at: str | None = None) -> None:
        """Take native Postgres passwords from now on, or no more. Open sessions stay."""
        for compute in self._at(at):
            compute.native_login = on

    def set_readable_secondaries(self, on: bool, *, at: str | None = None) -> None:
        """Take logins at read-only hosts from now on, or no more. Open sessions stay."""
        for compute in self._at(at):
            compute.is_readable = on

    def clear(self) -> None:
        """Behave again. Credentials that were expired stay so."""
        for compute in self._at(None):
            compute.reset()
        self._minting.set(None, None, None)
        self._minting.delay_s = 0.0
        self._tokens.credential_life_s = None

    def _at(self, place: str | None) -> set[Compute]:
        if place is None:
            return set(self._computes.values())
        if place not in self._computes:
            known = ", ".join(self._computes)
            raise EmulatorError(f"There is no endpoint or instance {place}; there are {known}.")
        return {self._computes[place]}
