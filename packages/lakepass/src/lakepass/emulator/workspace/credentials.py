"""Database credentials, as both APIs of Lakebase issue them."""

import asyncio
import datetime as dt
from collections.abc import Mapping
from typing import Any

from lakepass.emulator.faults.conditions import Minting
from lakepass.emulator.identity.tokens import LIFE_S, Tokens
from lakepass.emulator.state import Identity
from lakepass.emulator.workspace.api import ApiError, invalid, listed, table, timestamp

# Both bounds: databricks-sdk, PostgresAPI.generate_database_credential.
SHORTEST_LIFE_S, LONGEST_LIFE_S = 300, 3600

# Names of the states that faults can ask for: databricks-sdk, errors/platform.py.
_ERROR_CODES = {
    400: "INVALID_PARAMETER_VALUE",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL_ERROR",
    503: "TEMPORARILY_UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


class Credentials:
    """Issues credentials; faults can delay and fail it."""

    def __init__(self, tokens: Tokens, minting: Minting) -> None:
        self._tokens = tokens
        self._minting = minting

    async def held_up(self) -> None:
        """Wait and fail as the active faults say. Raises ApiError."""
        await asyncio.sleep(self._minting.delay_s)
        failure = self._minting.next()
        if failure is not None:
            status, retry_after_s = failure
            raise ApiError(
                status,
                _ERROR_CODES.get(status, "UNKNOWN"),
                "A fault of the emulator fails this request.",
                retry_after_s=retry_after_s,
            )

    def issued(self, who: Identity, body: Mapping[str, Any]) -> tuple[str, str]:
        """A token and when it expires, with the requested life and claims. Raises ApiError (400)."""
        token, expires_at = self._tokens.credential(
            who.name, _requested_life(body, self._tokens.now()), tables=_requested_tables(body)
        )
        return token, timestamp(expires_at)


def _requested_life(body: Mapping[str, Any], now: float) -> int:
    """The life in seconds that `ttl` or `expire_time` ask for."""
    life_s = float(LIFE_S)
    try:
        if "ttl" in body:
            life_s = float(str(body["ttl"]).removesuffix("s"))
        elif "expire_time" in body:
            until = dt.datetime.fromisoformat(str(body["expire_time"]))
            life_s = (until - dt.datetime.fromtimestamp(now, dt.UTC)).total_seconds()
    except (ValueError, TypeError) as error:
        raise ApiError(400, "MALFORMED_REQUEST", "Could not parse the request.") from error
    # Assumed: the wording; only the bounds are documented. Half a second is for the way here.
    if not SHORTEST_LIFE_S - 0.5 <= life_s <= LONGEST_LIFE_S + 0.5:
        raise invalid(
            f"The life of a credential must be between {SHORTEST_LIFE_S} and {LONGEST_LIFE_S} "
            "seconds."
        )
    return round(life_s)


def _requested_tables(body: Mapping[str, Any]) -> list[str] | None:
    """The tables to which `claims` restrict a credential; None if there are no claims.

    Assumed: the wording of refusals.
    """
    claims = listed(body.get("claims"), "claims")
    if not claims:
        return None
    tables = []
    for claim in (table(one, "claims") for one in claims):
        if claim.get("permission_set") != "READ_ONLY":
            raise invalid(f"permission_set must be READ_ONLY, got {claim.get('permission_set')}.")
        for resource in listed(claim.get("resources"), "resources"):
            name = str(table(resource, "resources").get("table_name"))
            if name.count(".") != 2 or "\0" in name:
                raise invalid(f"table_name must be catalog.schema.table, got {name}.")
            tables.append(name)
    if not tables:
        raise invalid("claims must name a table.")
    return tables
