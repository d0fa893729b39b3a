"""Faults of a Lakebase to inject: one table for Python, HTTP and the command line."""

import asyncio
import concurrent.futures
import math
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

from lakepass.emulator.faults.conditions import AccessList, Compute, Phase, Requests
from lakepass.emulator.faults.table import FAULTS, fault, fault_named
from lakepass.emulator.gateway.sessions import Sessions
from lakepass.emulator.identity.tokens import Tokens
from lakepass.emulator.postgres.binaries import EmulatorError
from lakepass.emulator.postgres.cluster import Cluster
from lakepass.emulator.postgres.standby import Standby

_ANSWER_DEADLINE_S = 10.0
_T = TypeVar("_T")


class Faults:
    """The faults of one running emulator. Every call returns once the fault is active.

    at: the endpoint (its resource name) or instance (its name) to affect; None affects all. An
    upgraded instance and its endpoint share one compute. clusters: by compute. standby_of: the standby
    behind the read-only hosts of a compute.
    """

    def __init__(
        self,
        *,
        tokens: Tokens,
        computes: Mapping[str, Compute],
        minting: Requests,
        serving: Requests,
        access: AccessList,
        sessions: Sessions,
        clusters: Mapping[str, Cluster],
        standby_of: Callable[[str], Standby | None],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._tokens = tokens
        self._computes = computes
        self._minting = minting
        self._serving = serving
        self._access = access
        self._sessions = sessions
        self._clusters = clusters
        self._standby_of = standby_of
        self._loop = loop
        self.given: dict[str, dict[str, Any]] = {}

    @property
    def in_force(self) -> dict[str, dict[str, Any]]:
        """The active faults, with the arguments of each."""
        return {name: self.given.get(name, {}) for name, one in FAULTS.items() if one.is_on(self)}

    def cause(self, name: str, arguments: Mapping[str, Any]) -> None:
        """Inject a fault by name, with arguments from text or JSON. Raises EmulatorError."""
        named = fault_named(name)
        getattr(self, named.method.__name__)(**named.read(arguments))

    def clear(self, name: str | None = None) -> None:
        """Clear one fault, or all of them. Sessions that were ended stay ended.

        Raises EmulatorError if there is no fault with that name.
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
        is_signed=True,
    )
    def set_credential_life(self, seconds: int | None) -> None:
        """Set the lifetime of new credentials in seconds; None restores the default of one hour."""
        self._tokens.credential_life_s = seconds

    @fault(is_on=lambda self: self._tokens.is_rotated, undo=lambda self: self._tokens.rotate_back())
    def rotate_keys(self) -> None:
        """Sign with a new key, and refuse database credentials signed with the old one.

        Sign-ins to the workspace stay valid. The old key is restored when the emulator restarts.
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

        rate: the share of requests to fail, chosen by a sequence that is the same in every run.
        """
        self._minting.fail(status, retry_after_s, count, rate)

    @fault(
        is_on=lambda self: self._minting.delay_s > 0,
        undo=lambda self: self.slow_credentials(0.0),
    )
    def slow_credentials(self, seconds: float) -> None:
        """Delay requests for credentials by this many seconds."""
        self._minting.delay_s = seconds

    @fault(
        is_on=lambda self: self._minting.per_minute is not None,
        undo=lambda self: self._minting.throttle(None),
    )
    def throttle_credentials(self, per_minute: int = 1) -> None:
        """Issue at most this many credentials a minute; answer more with 429 and a Retry-After."""
        self._minting.throttle(per_minute)

    @fault(
        is_on=lambda self: self._serving.is_failing,
        undo=lambda self: self._serving.fail(None, None, None, 1.0),
    )
    def fail_serving(
        self,
        status: int = 503,
        *,
        retry_after_s: int | None = None,
        count: int | None = None,
        rate: float = 1.0,
    ) -> None:
        """Answer queries of serving endpoints with an error: as `fail_credentials`."""
        self._serving.fail(status, retry_after_s, count, rate)

    @fault(
        is_on=lambda self: self._serving.delay_s > 0,
        undo=lambda self: self.slow_serving(0.0),
    )
    def slow_serving(self, seconds: float) -> None:
        """Let queries of serving endpoints take this much longer."""
        self._serving.delay_s = seconds

    @fault(
        is_on=lambda self: self._sleeps(refuses=False),
        undo=lambda self: self._awaken(refuses=False),
    )
    def sleep(self, wake_s: float = 0.3, *, at: str | None = None) -> None:
        """Scale to zero: sessions end; the next login wakes the database, which takes `wake_s`.

        Logins that arrive while it wakes are held until it is awake.
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
        """Restart Postgres: sessions end with 57P01; logins are refused with 57P03 for `seconds`.

        The time starts when the server is up again. If the server also serves an endpoint that is not
        restarted, it keeps running, and only sessions end.
        """
        self._become(Phase.RESTARTING, seconds, at, restarts=True)

    @fault(
        is_on=lambda self: self._is_any(Phase.FAILING_OVER),
        undo=lambda self: self._recover(Phase.FAILING_OVER),
    )
    def fail_over(self, seconds: float = 1.0, *, at: str | None = None) -> None:
        """Fail over to another node: as `restart`; the host name stays the same."""
        self._become(Phase.FAILING_OVER, seconds, at, restarts=True)

    @fault(
        is_on=lambda self: self._is_any(Phase.STOPPED),
        undo=lambda self: self._recover(Phase.STOPPED),
    )
    def stop_database(self, *, at: str | None = None) -> None:
        """Stop the database: sessions end, and logins are refused until `start_database`."""
        self._become(Phase.STOPPED, 0.0, at)

    @fault(
        is_on=lambda self: self._is_any(Phase.RUNNING),
        undo=lambda self: self._recover(Phase.RUNNING),
    )
    def start_database(self, *, at: str | None = None) -> None:
        """Start the database: it accepts logins immediately."""
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

        count: end only this many, oldest first. mid_query: only those that are running a statement.
        """
        self._run(
            self._sessions.cut(self._at(at), goodbye=goodbye, count=count, mid_query=mid_query)
        )

    @fault(
        is_on=lambda self: self._sessions.has_frozen,
        undo=lambda self: self._run(self._sessions.thaw()),
    )
    def freeze_connections(self, *, at: str | None = None) -> None:
        """Stop passing bytes in the open sessions, in either direction, without closing them."""
        self._run(self._sessions.freeze(self._at(at)))

    @fault(
        is_on=lambda self: any(one.most_sessions is not None for one in self._at(None)),
        undo=lambda self: self._make_room(),
    )
    def fill_connections(self, leave: int = 0, *, at: str | None = None) -> None:
        """Allow only `leave` sessions beyond the open ones; refuse others with 53300."""
        for compute in self._at(at):
            compute.most_sessions = self._run(self._sessions.open_at(compute)) + leave

    @fault(
        is_on=lambda self: any(one.has_other_native_login for one in self._at(None)),
        undo=lambda self: self._reset_native_login(),
    )
    def set_native_login(self, on: bool, *, at: str | None = None) -> None:
        """Turn native Postgres passwords on or off for new logins. Open sessions stay."""
        for compute in self._at(at):
            compute.native_login = on

    @fault(
        is_on=lambda self: any(not one.is_readable for one in self._at(None)),
        undo=lambda self: self.set_readable_secondaries(True),
    )
    def set_readable_secondaries(self, on: bool, *, at: str | None = None) -> None:
        """Turn logins at read-only hosts on or off. Open sessions stay."""
        for compute in self._at(at):
            compute.is_readable = on

    @fault(
        is_on=lambda self: any(one.is_halted for one in self._standbys()),
        undo=lambda self: self._each_standby(Standby.start_again),
    )
    def stop_standby(self, *, at: str | None = None) -> None:
        """Stop the standby's server: sessions end, its read-only hosts cannot reach it until cleared."""
        for standby in self._standbys_at(at):
            standby.halt()

    @fault(
        is_on=lambda self: any(one.delay_s for one in self._standbys()),
        undo=lambda self: self._each_standby(lambda one: one.delay(0.0)),
    )
    def lag_standby(self, seconds: float, *, at: str | None = None) -> None:
        """Let the standby show each commit so much later; what it shows already stays."""
        for standby in self._standbys_at(at):
            self._run(standby.delay(seconds))

    @fault(
        is_on=lambda self: any(one.is_paused for one in self._standbys()),
        undo=lambda self: self._each_standby(Standby.resume),
    )
    def pause_standby(self, *, at: str | None = None) -> None:
        """Show no further change on the standby: its read-only hosts fall behind until cleared."""
        for standby in self._standbys_at(at):
            self._run(standby.pause())

    @fault(is_on=lambda self: self._access.blocked is not None, undo=lambda self: self._unblock())
    def block_address(self, address: str = "127.0.0.1") -> None:
        """Refuse this address at the workspace's API (403) and in logins. Open sessions stay."""
        self._access.blocked = address

    @fault(
        is_on=lambda self: self._tokens.skew_s != 0,
        undo=lambda self: self.skew_clock(0.0),
        is_signed=True,
    )
    def skew_clock(self, seconds: float) -> None:
        """Shift the clock of the whole service by these seconds: ahead, or behind if negative."""
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
        """Enter the phase, and again once the sessions have ended: its time starts only then."""
        computes = self._at(at)
        for compute in computes:
            compute.become(phase, math.inf, refuses=refuses)
        try:
            self.cut_connections(at=at)
            if restarts:
                self._restart_servers(computes)
        finally:  # if they do not end in time too, or logins would be held without limit
            for compute in computes:
                compute.become(phase, takes_s, refuses=refuses)

    def _restart_servers(self, computes: set[Compute]) -> None:
        """Restart each Postgres that serves only these computes."""
        for cluster in set(self._clusters.values()):
            served = {
                self._computes[name] for name, one in self._clusters.items() if one is cluster
            }
            if served <= computes:
                cluster.restart()

    def _standbys(self) -> set[Standby]:
        found = map(self._standby_of, self._computes)
        return {one for one in found if one is not None}

    def _standbys_at(self, name: str | None) -> set[Standby]:
        """The standbys that are meant. Raises EmulatorError if there is none."""
        self._at(name)  # raises for a name that is not there
        one = name and self._standby_of(name)
        found = self._standbys() if name is None else ({one} if one else set())
        if not found:
            raise EmulatorError("There is no standby; start the emulator with --standby.")
        return found

    def _each_standby(self, work: Callable[[Standby], Coroutine[Any, Any, None] | None]) -> None:
        for standby in self._standbys():
            if (doing := work(standby)) is not None:
                self._run(doing)

    def _sleepers(self, *, refuses: bool) -> list[Compute]:
        """Computes that are asleep or waking, and that hold or refuse logins while they wake."""
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
        """Whether a compute is in one of these phases and did not start in it."""
        computes = self._at(None)
        return any(one.phase in phases and not one.is_as_at_first for one in computes)

    def _recover(self, *phases: Phase) -> None:
        """Return computes in one of these phases to their initial phase."""
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
            raise EmulatorError(f"There is no endpoint or instance {name}; known: {known}.")
        return {self._computes[name]}
