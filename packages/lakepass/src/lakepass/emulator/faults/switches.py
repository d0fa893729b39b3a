"""What can go wrong with a Lakebase, on command: one table for Python, HTTP and the command line."""

import asyncio
import concurrent.futures
import math
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

from lakepass.emulator.faults.conditions import AccessList, Compute, Minting, Phase
from lakepass.emulator.faults.table import FAULTS, fault, fault_named
from lakepass.emulator.gateway.sessions import Sessions
from lakepass.emulator.identity.tokens import Tokens
from lakepass.emulator.postgres.binaries import EmulatorError
from lakepass.emulator.postgres.cluster import Cluster

_ANSWER_DEADLINE_S = 10.0
_T = TypeVar("_T")


class Faults:
    """The faults of one running emulator. Every call returns once the fault is in force.

    at: the endpoint (its resource name) or instance (its name) that is meant; None means all. An
    upgraded instance and its endpoint are one. clusters: by compute.
    """

    def __init__(
        self,
        *,
        tokens: Tokens,
        computes: Mapping[str, Compute],
        minting: Minting,
        access: AccessList,
        sessions: Sessions,
        clusters: Mapping[str, Cluster],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._tokens = tokens
        self._computes = computes
        self._minting = minting
        self._access = access
        self._sessions = sessions
        self._clusters = clusters
        self._loop = loop
        self.given: dict[str, dict[str, Any]] = {}

    @property
    def in_force(self) -> dict[str, dict[str, Any]]:
        """The faults that are in force now, with the arguments of each."""
        return {name: self.given.get(name, {}) for name, one in FAULTS.items() if one.is_on(self)}

    def cause(self, name: str, arguments: Mapping[str, Any]) -> None:
        """Call a method by its name, with arguments from text or JSON. Raises EmulatorError."""
        named = fault_named(name)
        getattr(self, named.method.__name__)(**named.read(arguments))

    def clear(self, name: str | None = None) -> None:
        """Behave again, in all respects or in this one. Sessions that were ended stay so.

        Raises EmulatorError if there is no fault of that name.
        """
        for one in FAULTS.values() if name is None else (fault_named(name),):
            one.undo(self)

    @fault(is_on=lambda self: self._tokens.has_spent, undo=lambda self: self._tokens.revive())
    def expire_tokens(self) -> None:
        """Refuse all database credentials issued so far. Sign-ins to the workspace stay valid."""
        self._tokens.expire_credentials()

    @fault(
        is_on=lambda self: self._tokens.credential_life_s is not None,
        undo=lambda self: self.set_credential_life(None),
    )
    def set_credential_life(self, seconds: int | None) -> None:
        """Let credentials live so long from now on, to the second; None for the usual hour."""
        self._tokens.credential_life_s = seconds

    @fault(is_on=lambda self: self._tokens.is_rotated, undo=lambda self: self._tokens.rotate_back())
    def rotate_keys(self) -> None:
        """Sign with a new key, and refuse database credentials signed with the old one.

        Sign-ins to the workspace stay valid. The old key is back when the emulator starts again.
        """
        self._tokens.rotate()

    @fault(
        is_on=lambda self: self._minting.is_failing,
        undo=lambda self: self._minting.fail(None, None, None, 1.0),
    )
    def fail_credentials(
        self,
        status: int = 503,
        *,
        retry_after_s: int | None = None,
        count: int | None = None,
        rate: float = 1.0,
    ) -> None:
        """Answer requests for credentials with an error, `count` times or until cleared.

        rate: which share of the requests fails, by a chance that is the same in every run.
        """
        self._minting.fail(status, retry_after_s, count, rate)

    @fault(
        is_on=lambda self: self._minting.delay_s > 0,
        undo=lambda self: self.slow_credentials(0.0),
    )
    def slow_credentials(self, seconds: float) -> None:
        """Let requests for credentials take this much longer."""
        self._minting.delay_s = seconds

    @fault(
        is_on=lambda self: self._minting.per_minute is not None,
        undo=lambda self: self._minting.throttle(None),
    )
    def throttle_credentials(self, per_minute: int = 1) -> None:
        """Issue so many credentials a minute; more are answered 429 with a Retry-After."""
        self._minting.throttle(per_minute)

    @fault(
        is_on=lambda self: self._sleeps(refuses=False),
        undo=lambda self: self._awaken(refuses=False),
    )
    def sleep(self, wake_s: float = 0.3, *, at: str | None = None) -> None:
        """Scale to zero: sessions end; the next login wakes the database, which takes `wake_s`.

        Logins that come meanwhile are held until it is awake.
        """
        self._become(Phase.ASLEEP, wake_s, at)

    @fault(
        is_on=lambda self: self._sleeps(refuses=True),
        undo=lambda self: self._awaken(refuses=True),
    )
    def sleep_and_refuse(self, wake_s: float = 0.3, *, at: str | None = None) -> None:
        """Scale to zero as `sleep` does, but refuse logins until the database is awake (57P03)."""
        self._become(Phase.ASLEEP, wake_s, at, refuses=True)

    @fault(
        is_on=lambda self: self._is_any(Phase.RESTARTING),
        undo=lambda self: self._recover(Phase.RESTARTING),
    )
    def restart(self, seconds: float = 1.0, *, at: str | None = None) -> None:
        """Restart Postgres: sessions end with 57P01, and logins are refused with 57P03 for so long.

        The time begins when the server is up again. A server that also serves another endpoint, which
        is not restarted, runs on: then only sessions end.
        """
        self._become(Phase.RESTARTING, seconds, at, restarts=True)

    @fault(
        is_on=lambda self: self._is_any(Phase.FAILING_OVER),
        undo=lambda self: self._recover(Phase.FAILING_OVER),
    )
    def fail_over(self, seconds: float = 1.0, *, at: str | None = None) -> None:
        """Move to another node: as `restart`, and the host stays the same."""
        self._become(Phase.FAILING_OVER, seconds, at, restarts=True)

    @fault(
        is_on=lambda self: self._is_any(Phase.STOPPED),
        undo=lambda self: self._recover(Phase.STOPPED),
    )
    def stop_database(self, *, at: str | None = None) -> None:
        """Sessions end, logins are refused until `start_database`."""
        self._become(Phase.STOPPED, 0.0, at)

    @fault(
        is_on=lambda self: self._is_any(Phase.RUNNING),
        undo=lambda self: self._recover(Phase.RUNNING),
    )
    def start_database(self, *, at: str | None = None) -> None:
        """Take logins again, at once."""
        for compute in self._at(at):
            compute.become(Phase.RUNNING)

    @fault(is_on=lambda _: False, undo=lambda _: None)
    def cut_connections(
        self,
        *,
        goodbye: bool = True,
        count: int | None = None,
        mid_query: bool = False,
        at: str | None = None,
    ) -> None:
        """End sessions: with Postgres's message (57P01), or without one, as a broken network.

        count: only so many, the oldest first. mid_query: only those with a statement under way.
        """
        self._run(
            self._sessions.cut(self._at(at), goodbye=goodbye, count=count, mid_query=mid_query)
        )

    @fault(
        is_on=lambda self: self._sessions.has_frozen,
        undo=lambda self: self._run(self._sessions.thaw()),
    )
    def freeze_connections(self, *, at: str | None = None) -> None:
        """Pass no bytes in the open sessions, in either direction, without ending them."""
        self._run(self._sessions.freeze(self._at(at)))

    @fault(
        is_on=lambda self: any(one.most_sessions is not None for one in self._at(None)),
        undo=lambda self: self._make_room(),
    )
    def fill_connections(self, leave: int = 0, *, at: str | None = None) -> None:
        """Leave room for the open sessions and so many more; refuse others (53300)."""
        for compute in self._at(at):
            compute.most_sessions = self._run(self._sessions.open_at(compute)) + leave

    @fault(
        is_on=lambda self: any(one.has_other_native_login for one in self._at(None)),
        undo=lambda self: self._reset_native_login(),
    )
    def set_native_login(self, on: bool, *, at: str | None = None) -> None:
        """Accept native Postgres passwords from now on, or stop accepting them. Open sessions stay."""
        for compute in self._at(at):
            compute.native_login = on

    @fault(
        is_on=lambda self: any(not one.is_readable for one in self._at(None)),
        undo=lambda self: self.set_readable_secondaries(True),
    )
    def set_readable_secondaries(self, on: bool, *, at: str | None = None) -> None:
        """Accept logins at read-only hosts from now on, or stop. Open sessions stay."""
        for compute in self._at(at):
            compute.is_readable = on

    @fault(
        is_on=lambda self: self._access.blocked is not None,
        undo=lambda self: self._unblock(),
    )
    def block_address(self, address: str = "127.0.0.1") -> None:
        """Refuse this address, at the workspace's API (403) and in logins. Open sessions stay."""
        self._access.blocked = address

    @fault(
        is_on=lambda self: self._tokens.skew_s != 0,
        undo=lambda self: self.skew_clock(0.0),
    )
    def skew_clock(self, seconds: float) -> None:
        """Set the clock of the whole service wrong by so much: ahead, or (negative) behind."""
        self._tokens.skew_s = seconds

    def _become(
        self,
        phase: Phase,
        takes_s: float,
        at: str | None,
        *,
        refuses: bool = False,
        restarts: bool = False,
    ) -> None:
        """Enter the phase, and again when the sessions are gone: only then does its time begin."""
        computes = self._at(at)
        for compute in computes:
            compute.become(phase, math.inf, refuses=refuses)
        self.cut_connections(at=at)
        if restarts:
            self._restart_servers(computes)
        for compute in computes:
            compute.become(phase, takes_s, refuses=refuses)

    def _restart_servers(self, computes: set[Compute]) -> None:
        """Restart each Postgres that serves nothing but these computes."""
        for cluster in set(self._clusters.values()):
            served = {
                self._computes[name] for name, one in self._clusters.items() if one is cluster
            }
            if served <= computes:
                cluster.restart()

    def _sleepers(self, *, refuses: bool) -> list[Compute]:
        """Computes that are scaled to zero or waking, and hold or refuse logins meanwhile."""
        return [
            one
            for one in self._at(None)
            if one.phase in (Phase.ASLEEP, Phase.WAKING) and one.refuses_while_waking is refuses
        ]

    def _sleeps(self, *, refuses: bool) -> bool:
        return bool(self._sleepers(refuses=refuses))

    def _awaken(self, *, refuses: bool) -> None:
        for compute in self._sleepers(refuses=refuses):
            compute.recover()

    def _is_any(self, *phases: Phase) -> bool:
        """Whether a compute is in one of these phases that was not so at first."""
        computes = self._at(None)
        return any(one.phase in phases and not one.is_as_at_first for one in computes)

    def _recover(self, *phases: Phase) -> None:
        """Let computes in one of these phases be as at first."""
        for compute in self._at(None):
            if compute.phase in phases:
                compute.recover()

    def _make_room(self) -> None:
        for compute in self._at(None):
            compute.most_sessions = None

    def _reset_native_login(self) -> None:
        for compute in self._at(None):
            compute.reset_native_login()

    def _unblock(self) -> None:
        self._access.blocked = None

    def _run(self, work: Coroutine[Any, Any, _T]) -> _T:
        """The result of the work on the emulator's loop. Raises TimeoutError if it takes too long."""
        running = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return running.result(_ANSWER_DEADLINE_S)
        except concurrent.futures.TimeoutError:
            running.cancel()
            raise

    def _at(self, name: str | None) -> set[Compute]:
        if name is None:
            return set(self._computes.values())
        if name not in self._computes:
            known = ", ".join(self._computes)
            raise EmulatorError(f"There is no endpoint or instance {name}; there are {known}.")
        return {self._computes[name]}
