"""A Postgres that streams the changes of another one and rejects writes, behind read-only hosts.

Source: PostgreSQL docs, "Log-Shipping Standby Servers" and "Recovery Information Functions".
"""

import asyncio
import shutil
from collections.abc import Iterable
from typing import Any

import asyncpg

from lakepass.emulator.postgres.binaries import EmulatorError
from lakepass.emulator.postgres.cluster import SUPERUSER, Cluster
from lakepass.emulator.state import Identity

# How soon it reconnects after its primary was restarted.
_RETRY_AFTER = "100ms"


class Standby(Cluster):
    """A hot standby of a running cluster, in a folder next to the primary's.

    It is copied from the primary (`pg_basebackup`) at the first start, so it never has to catch up with
    an earlier run. delay_s, is_paused: the configured lag. admin: connections to it.
    """

    admin: asyncpg.Pool

    def __init__(self, primary: Cluster, identities: Iterable[Identity]) -> None:
        name = f"{primary.name}.standby"
        super().__init__(primary.data, identities, name=name, temporary=True, copy_of=primary)
        self._primary = primary
        self.delay_s = 0.0
        self.is_paused = False
        primary.keeps_wal = True

    def start(self) -> None:
        """Copy the primary on the first start, and return once the standby accepts reads."""
        if not self.has_run:
            shutil.rmtree(self.files, ignore_errors=True)
        super().start()
        self.is_paused = False

    def start_again(self) -> None:
        """Start the server if it was halted."""
        if self.is_halted:
            self.start()

    async def catch_up(self, primary: asyncpg.Pool) -> None:
        """Return once everything that is committed on the primary can be read here.

        primary: connections to it, as a superuser.
        """
        committed = await primary.fetchval("SELECT pg_current_wal_flush_lsn()::text")
        while not await self.admin.fetchval(_HAS_REPLAYED, committed):  # noqa: ASYNC110 - no event exists
            await asyncio.sleep(0.01)

    async def delay(self, seconds: float) -> None:
        """Replay each commit this many seconds after it was made."""
        if seconds == self.delay_s:
            return
        await self._execute(
            f"ALTER SYSTEM SET recovery_min_apply_delay = '{seconds * 1_000:.0f}ms'"
        )
        await self._execute("SELECT pg_reload_conf()")
        self.delay_s = seconds

    async def pause(self) -> None:
        """Stop replaying. Returns once no further change is replayed."""
        await self._execute("SELECT pg_wal_replay_pause()")
        await self._execute(_WAIT_FOR_PAUSE)
        self.is_paused = True

    async def resume(self) -> None:
        """Resume replaying."""
        if not self.is_paused:
            return
        await self._execute("SELECT pg_wal_replay_resume()")
        self.is_paused = False

    async def _execute(self, statement: str) -> None:
        if self.is_halted:
            raise EmulatorError("The standby is stopped; clear stop-standby first.")
        await self.admin.execute(statement)

    def _create(self) -> None:
        super()._create()
        (self.files / "standby.signal").touch()

    def _settings(self) -> dict[str, Any]:
        return super()._settings() | {
            "primary_conninfo": f"host={self._primary.socket_folder} port=5432 user={SUPERUSER}",
            "wal_retrieve_retry_interval": _RETRY_AFTER,
        }

    @property
    def _doomed(self) -> str:
        return str(self.files)


_HAS_REPLAYED = "SELECT pg_last_wal_replay_lsn() >= $1::text::pg_lsn"
_WAIT_FOR_PAUSE = """
    DO $$ BEGIN
        WHILE pg_get_wal_replay_pause_state() = 'pause requested' LOOP
            PERFORM pg_sleep(0.01);
        END LOOP;
    END $$
"""
