"""Connections by asyncpg: a live password each time, patience while a compute wakes.

Retries end where the connection begins: what runs on it is the caller's to repeat.
"""

import asyncio
import logging
import random
import time
from typing import TYPE_CHECKING, Any

import asyncpg

from lakepass.errors import ConnectError, harmless, redact
from lakepass.refusals import ERRORS, Kind, Refusal, classify_error

if TYPE_CHECKING:
    from lakepass.lakebase import Lakebase, Login

log = logging.getLogger(__name__)

ATTEMPT_S = 20.0  # a compute may take ten to wake while the gateway holds the line
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 4.0
# What asyncpg raises while it connects. TLS errors and time-outs are OSErrors.
_FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)


async def connect(
    lake: "Lakebase", *, server_settings: dict[str, str] | None = None, **options: Any
) -> Any:
    """An open asyncpg connection, within `lake.connect_deadline_s` seconds.

    A refusal of a credential we believed in costs it its place in the cache and is answered with
    one fresh one, once. A sleeping, full or unreachable database is tried again until the deadline.
    options: as for `asyncpg.connect`, but for what `lake` knows.
    Raises LoginRejected, DatabaseUnavailable, ConnectError, CredentialError, ConfigurationError.
    """
    deadline = time.monotonic() + lake.connect_deadline_s
    tried_afresh = False
    attempts = 0
    while True:
        login = await lake.login_async(max(0.0, deadline - time.monotonic()))
        attempts += 1
        left_s = deadline - time.monotonic()
        try:
            timeout_s = max(0.1, min(ATTEMPT_S, left_s))
            connection = await _attempt(login, server_settings, timeout_s, options)
        except _FAILURES as error:
            refusal = classify_error(error)
            if (
                refusal.kind is Kind.STALE
                and not tried_afresh
                and lake.invalidate(login.credential)
            ):
                tried_afresh = True
                log.info("A login was refused (%s); trying once more", refusal.code)
                continue
            pause_s = _pause_s(attempts)
            if refusal.kind is not Kind.TRANSIENT or time.monotonic() + pause_s >= deadline:
                secrets = (login.credential.password,)
                raise _explained(error, refusal, login, attempts) from harmless(error, secrets)
        else:
            lake.accept(login.credential)
            return connection
        log.info("The database is not there yet (%s); waiting %.1f s", refusal.code, pause_s)
        await asyncio.sleep(pause_s)


async def _attempt(
    login: "Login",
    server_settings: dict[str, str] | None,
    timeout_s: float,
    options: dict[str, Any],
) -> Any:
    settings = {"application_name": login.application_name, **(server_settings or {})}
    return await asyncpg.connect(
        host=login.host,
        port=login.port,
        database=login.database,
        user=login.user,
        password=login.credential.password,
        # Given, so that asyncpg looks neither at PGSSL* nor at key files in ~/.postgresql.
        ssl=login.tls or False,
        direct_tls=False,  # the service's gateway wants the Postgres negotiation
        server_settings=settings,
        target_session_attrs="any",
        **{"timeout": timeout_s, **options},
    )


def _pause_s(attempts: int) -> float:
    pause_s: float = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(attempts - 1, 16))
    return pause_s * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, hides nothing


def _explained(
    error: BaseException, refusal: Refusal, login: "Login", attempts: int
) -> ConnectError:
    server = redact(str(error) or type(error).__name__, (login.credential.password,))
    return ERRORS[refusal.kind](
        f"Cannot connect to {login.database} on {login.host}: {refusal.cause}",
        code=refusal.code,
        next_step=refusal.next_step,
        facts={
            "role": login.user,
            "server": server,
            "sqlstate": getattr(error, "sqlstate", None) or "none",
            "attempts": attempts,
        },
    )
