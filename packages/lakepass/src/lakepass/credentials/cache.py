"""A password that expires, and the cache that always has a valid one ready.

The cache holds one credential. The function that mints it is passed in and may block for seconds:
it runs in a thread of its own, never on an event loop, and only one mint runs at a time. The cache
knows nothing about Databricks; `lakepass.databricks` mints.
"""

import concurrent.futures
import contextlib
import copy
import logging
import math
import random
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NoReturn, Protocol

from lakepass import telemetry
from lakepass.errors import CredentialUnavailable, LakepassError
from lakepass.forks import reset_in_children

log = logging.getLogger(__name__)

DEADLINE_S = 60.0
PATIENCE_S = 30  # for one mint or another request, all its attempts included
# The share of a lifetime that is left when a refresh starts, less JITTER. An outage of the workspace
# that is no longer than this goes unnoticed: docs/decisions/0012.
EARLY = 0.9
JITTER = 0.05  # of EARLY, so that processes that started together do not mint together
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
TIMER_S = 0.05  # a timer that fires a moment early would find nothing to do
HOPELESS_S = 10.0  # between two mints while every credential is refused
# A mint that takes longer is abandoned: some calls of the SDK have no time-out (databricks-sdk,
# `oauth.py`: `retrieve_token`).
LOST_AFTER_S = 120.0


@dataclass(frozen=True, slots=True)
class Credential:
    """A password for Postgres, hidden from repr.

    expires_at: aware UTC, by the issuer's clock; None for a native password, which never expires.
    life_s: lifetime in seconds, counted from just before it was requested.
    """

    password: str = field(repr=False)
    expires_at: datetime | None = None
    life_s: float = math.inf

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "A Credential holds a password in clear text, so it is not pickled or copied."
        )


class Clock(Protocol):
    """Time as the cache sees it. Seconds; only differences matter."""

    def now(self) -> float:
        """Seconds since some fixed moment; never goes back."""

    def sleep(self, seconds: float) -> None:
        """Block this thread."""

    def later(self, seconds: float, call: Callable[[], None]) -> Callable[[], None]:
        """Call after a delay, in another thread. Returns a function that cancels the call."""


class SystemClock:
    """The machine's clock; where the system has one, a clock that also counts while it is suspended."""

    _CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

    def now(self) -> float:
        """Seconds since boot."""
        return time.clock_gettime(self._CLOCK)

    def sleep(self, seconds: float) -> None:
        """Block this thread."""
        time.sleep(seconds)

    def later(self, seconds: float, call: Callable[[], None]) -> Callable[[], None]:
        """Call after a delay, in a thread that does not keep the program from exiting.

        If no thread can be started, it is not called; the next caller refreshes instead.
        """
        timer = threading.Timer(seconds, call)
        timer.name, timer.daemon = "lakepass-refresh", True
        try:
            timer.start()
        except RuntimeError:
            return _nothing
        return timer.cancel


@dataclass(frozen=True, slots=True)
class _Held:
    credential: Credential
    refresh_at: float
    spent_at: float


class _Flight(concurrent.futures.Future[Credential]):
    """A mint in progress, which any number of callers may wait for."""

    def __init__(self, lost_at: float) -> None:
        super().__init__()
        self.lost_at = lost_at
        self.set_running_or_notify_cancel()  # from here no waiter can cancel it for the others


def _nothing() -> None:
    """There is no planned refresh to cancel."""


def _landed(credential: Credential) -> _Flight:
    flight = _Flight(math.inf)
    flight.set_result(credential)
    return flight


class CredentialCache:
    """Valid credentials for any number of threads, tasks, event loops and forked processes.

    A fresh credential is returned without taking a lock. After the first tenth of its lifetime one
    mint starts in the background while callers keep getting the old one; if it fails, the old one
    is used until it expires and the mint is retried after a pause (doubling, capped, jittered, or
    the issuer's Retry-After). Callers wait only when no credential is valid, and never longer than
    their deadline.

    mint: may block; raises LakepassError, `retryable` or not.
    keeps: refresh even when nobody asks, so that a caller after hours of silence finds a valid one.
    If False, the first caller after the refresh is due starts it.
    is_local: mint reads files and asks nobody, so it is waited for as long as a busy machine takes;
    a deadline would be reported as that of the workspace.
    chance: returns a number from 0 to 1, for jitter.
    minted: how many credentials were minted so far.
    """

    minted = 0

    def __init__(
        self,
        mint: Callable[[], Credential],
        *,
        keeps: bool = True,
        is_local: bool = False,
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._mint = mint
        self._keeps = keeps
        self._is_local = is_local
        self._clock = clock or SystemClock()
        self._chance = chance
        self._held: _Held | None = None
        self._accepted: Credential | None = None
        self._hopeless_until = -math.inf
        self.reset_after_fork()
        reset_in_children(self)

    def reset_after_fork(self) -> None:
        """A forked child has no mint in progress and holds no lock; it keeps the credential."""
        self._lock = threading.Lock()
        self._flight: _Flight | None = None
        self._failures = 0
        self._not_before = -math.inf
        self._failed: LakepassError | None = None
        self._cancel_refresh: Callable[[], None] = _nothing

    def __del__(self) -> None:
        self._cancel_refresh()

    def credential(self, within_s: float = DEADLINE_S) -> Credential:
        """A valid credential; blocks at most `within_s` seconds.

        Raises what mint raised if that is not retryable, else CredentialUnavailable (LP-201) with
        the last failure as its cause, at the deadline or as soon as it cannot be met. Raises
        RuntimeError if no credential is valid and no thread can be started to mint one.
        """
        deadline = self._deadline(within_s)
        while True:
            if ready := self._ready():
                return ready
            flight, wait_s = self._join(deadline)
            try:
                return flight.result(wait_s)
            except LakepassError as error:
                self._consider(error, deadline)
            except TimeoutError:
                self._give_up_if_late(deadline)

    async def credential_async(self, within_s: float = DEADLINE_S) -> Credential:
        """As `credential`, without blocking the event loop."""
        import asyncio  # noqa: PLC0415 - a program without an event loop need not load one

        deadline = self._deadline(within_s)
        while True:
            if ready := self._ready():
                return ready
            flight, wait_s = self._join(deadline)
            try:
                # Not wait_for: on Python 3.11 it loses a cancellation that comes with the result.
                async with asyncio.timeout(wait_s):
                    return await asyncio.wrap_future(flight)
            except LakepassError as error:
                self._consider(error, deadline)
            except TimeoutError:
                self._give_up_if_late(deadline)

    def accept(self, credential: Credential) -> None:
        """Record that a server accepted this credential."""
        self._accepted = credential
        held = self._held
        if held is not None and held.credential is credential and math.isfinite(held.spent_at):
            telemetry.current().accepted(held.spent_at - self._clock.now())

    def invalidate(self, credential: Credential) -> bool:
        """Drop a credential that a server refused. False if minting another is hopeless.

        It is hopeless if credentials that no server has ever accepted are refused one after the
        other: then the role is the problem, and minting for every login would only load the
        workspace.
        """
        with self._lock:
            if self._held is None or self._held.credential is not credential:
                return True
            if credential is not self._accepted:
                now = self._clock.now()
                if now < self._hopeless_until:
                    return False
                self._hopeless_until = now + HOPELESS_S
            self._held = None
            return True

    def clear(self) -> None:
        """Drop the credential and any mint in progress; refresh nothing until someone asks again."""
        with self._lock:
            self._held = self._flight = None
            self._cancel_refresh()

    def _deadline(self, within_s: float) -> float:
        return math.inf if self._is_local else self._clock.now() + within_s

    def _ready(self) -> Credential | None:
        """The held credential if it is valid; starts a background refresh when one is due."""
        held, now = self._held, self._clock.now()
        if held is None or now >= held.spent_at:
            return None
        if now >= held.refresh_at and now >= self._not_before:
            # A valid credential is returned even if no thread can be started to refresh it.
            with self._lock, contextlib.suppress(RuntimeError):
                if self._held is held:  # else another caller has refreshed it
                    self._current_flight(now)
        return held.credential

    def _join(self, deadline: float) -> tuple[_Flight, float]:
        """The mint in progress, or a new one; and how many seconds to wait for it.

        Raises CredentialUnavailable at once if the pause before the next mint ends after the
        deadline. Raises the last error again if it was final and the pause is not over: a pool that
        is filling must not repeat two hundred times a request that was denied once.
        """
        with self._lock:
            now = self._clock.now()
            if self._held is not None and now < self._held.spent_at:  # minted in the meantime
                return _landed(self._held.credential), deadline - now
            if self._failed is not None and now < self._not_before:
                if not self._failed.retryable:
                    raise _again(self._failed)
                if self._not_before >= deadline:
                    raise _unavailable(self._failed)
            flight = self._current_flight(now)
        return flight, max(0.0, min(deadline, flight.lost_at) - now)

    def _current_flight(self, now: float) -> _Flight:
        """Needs the lock."""
        if self._flight is None or now >= self._flight.lost_at:
            pause_s = max(0.0, self._not_before - now)
            flight = _Flight(now + pause_s + LOST_AFTER_S)
            threading.Thread(
                target=self._mint_for,
                args=(flight, pause_s),
                name="lakepass-mint",
                daemon=True,  # a hanging workspace must not keep the program from exiting
            ).start()
            # Only once its thread runs, so that nobody waits for a mint that never starts.
            self._flight = flight
        return self._flight

    def _refresh_at(self, moment: float) -> None:
        """Plan the refresh, whether or not someone asks. Needs the lock."""
        self._cancel_refresh()
        if not self._keeps or not math.isfinite(moment):
            return
        cache = weakref.ref(self)  # a planned refresh must not keep the cache alive

        def refresh() -> None:
            if (alive := cache()) is not None:
                alive._ready()

        wait_s = max(0.0, moment - self._clock.now()) + TIMER_S
        self._cancel_refresh = self._clock.later(wait_s, refresh)

    def _mint_for(self, flight: _Flight, pause_s: float) -> None:
        try:
            if pause_s:
                self._clock.sleep(pause_s)
            asked_at = self._clock.now()
            held = self._held
            refresh = held is not None and asked_at < held.spent_at
            with telemetry.current().minting(refresh=refresh):
                credential = self._mint()
        except BaseException as error:  # noqa: BLE001 - goes to the waiting callers
            self._note_failure(flight, error)
            flight.set_exception(error)
        else:
            self._hold(flight, credential, asked_at)
            flight.set_result(credential)

    def _hold(self, flight: _Flight, credential: Credential, asked_at: float) -> None:
        early_s = credential.life_s * EARLY * (1 - JITTER * self._chance())
        spent_at = asked_at + credential.life_s
        refresh_at = spent_at - early_s if math.isfinite(spent_at) else math.inf
        with self._lock:
            if self._flight is not flight:  # cleared, or abandoned
                return
            self._held = _Held(credential, refresh_at, spent_at)
            self.minted += 1
            self._failures, self._not_before, self._failed = 0, -math.inf, None
            self._flight = None
            self._refresh_at(refresh_at)
        log.debug("Minted a credential that is valid for %.0f s", credential.life_s)

    def _note_failure(self, flight: _Flight, error: BaseException) -> None:
        with self._lock:
            if self._flight is not flight:  # cleared, or abandoned
                return
            self._failures += 1
            pause_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(self._failures - 1, 16))
            pause_s *= 0.5 + 0.5 * self._chance()
            if isinstance(error, LakepassError):
                pause_s = max(pause_s, error.retry_after_s or 0.0)
                self._failed = error
            self._not_before = self._clock.now() + pause_s
            self._flight = None
            self._refresh_at(self._not_before)
            left_s = self._held.spent_at - self._clock.now() if self._held else 0.0
        log.warning(
            "No new credential; the present one is valid for %.0f s, the next attempt is in %.0f s: %s",
            max(0.0, left_s),
            pause_s,
            error if isinstance(error, LakepassError) else type(error).__name__,
        )

    def _consider(self, error: LakepassError, deadline: float) -> None:
        """After a failed mint: raise if it is final or too late, else let the caller try again."""
        if not error.retryable:
            raise _again(error)
        if self._clock.now() >= deadline:
            raise _unavailable(error)

    def _give_up_if_late(self, deadline: float) -> None:
        if self._clock.now() >= deadline:
            raise _unavailable(self._failed)


def _again(error: LakepassError) -> LakepassError:
    """A copy to raise: threads that raise one and the same exception mix up its traceback."""
    telemetry.current().missed(error)
    fresh = copy.copy(error)
    fresh.__cause__ = error.__cause__
    return fresh


def _unavailable(cause: LakepassError | None) -> CredentialUnavailable:
    """What is raised at the deadline, with the last failure as its cause."""
    telemetry.current().missed(cause)
    error = CredentialUnavailable(
        f"No credential could be minted in time: {cause.happened}" if cause else "",
        code=cause.code if cause else "LP-201",
        next_step=cause.next_step if cause else "",
        facts=cause.facts if cause else None,
        retry_after_s=cause.retry_after_s if cause else None,
    )
    error.__cause__ = cause and (cause.__cause__ or cause)
    return error
