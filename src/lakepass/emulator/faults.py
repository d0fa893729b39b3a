"""What can go wrong with a Lakebase, on command.

`Compute` and `Minting` are what the gateway and the workspace ask before they answer; `Faults` is
how a test changes them, from any thread.
"""

import asyncio
import concurrent.futures
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any

from lakepass.emulator.refusals import STOPPED, WAKING, Refusal
from lakepass.emulator.tokens import Tokens

_ANSWER_DEADLINE_S = 10.0


class Compute:
    """Whether the database takes logins: running, asleep (a login wakes it), or stopped.

    native_login: whether it takes Postgres's own passwords too.
    """

    def __init__(self, *, native_login: bool = False) -> None:
        self.native_login = self._native_login_at_first = native_login
        self._lock = threading.Lock()
        self._stopped = False
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

    def forget_native_login(self) -> None:
        """Take native passwords if that is how it was started."""
        self.native_login = self._native_login_at_first

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
    """The faults of one running emulator. Every call returns once the fault is in force."""

    def __init__(
        self,
        *,
        tokens: Tokens,
        compute: Compute,
        minting: Minting,
        cut: Callable[[bool], Coroutine[Any, Any, None]],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._tokens = tokens
        self._compute = compute
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

    def cut_connections(self, *, goodbye: bool = True) -> None:
        """End all sessions: with Postgres's word (57P01), or without one, as a broken network."""
        cutting = asyncio.run_coroutine_threadsafe(self._cut(goodbye), self._loop)
        try:
            cutting.result(_ANSWER_DEADLINE_S)
        except concurrent.futures.TimeoutError:
            cutting.cancel()
            raise

    def sleep(self, wake_s: float = 0.0) -> None:
        """Scale to zero: sessions end; the next login wakes the database, which takes `wake_s`.

        Until then logins are refused as by a server that is starting.
        """
        self._compute.sleep(wake_s)
        self.cut_connections()

    def stop_database(self) -> None:
        """Sessions end, logins are refused until `start_database`."""
        self._compute.stop()
        self.cut_connections()

    def start_database(self) -> None:
        """Take logins again, at once."""
        self._compute.run()

    def set_native_login(self, on: bool) -> None:
        """Take native Postgres passwords from now on, or no more. Open sessions stay."""
        self._compute.native_login = on

    def clear(self) -> None:
        """Behave again. Credentials that were expired stay so."""
        self._compute.run()
        self._compute.forget_native_login()
        self._minting.set(None, None, None)
        self._minting.delay_s = 0.0
        self._tokens.credential_life_s = None
