"""Database credentials, as both APIs of Lakebase issue them."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from lakepass.emulator.faults.conditions import Requests
from lakepass.emulator.identity.tokens import LIFE_S, Tokens
from lakepass.emulator.state import Identity
from lakepass.emulator.workspace.api import ApiError, held_up, invalid, listed, table, timestamp

# Both limits: databricks-sdk, PostgresAPI.generate_database_credential.
SHORTEST_LIFE_S, LONGEST_LIFE_S = 300, 3600


class Credentials:
    """Issues credentials; faults can delay and fail it."""

    def __init__(self, tokens: Tokens, minting: Requests) -> None:
        self._tokens = tokens
        self._minting = minting

    async def held_up(self) -> None:
        """Delay and fail a request as the active faults require. Raises ApiError."""
        await held_up(self._minting)

    def issued(self, who: Identity, body: Mapping[str, Any]) -> tuple[str, str]:
        """A token and its expiry, with the requested lifetime and claims. Raises ApiError (400)."""
        token, expires_at = self._tokens.credential(
            who.name, _requested_life(body, self._tokens.now()), tables=_requested_tables(body)
        )
        return token, timestamp(expires_at)


def _requested_life(body: Mapping[str, Any], now: float) -> int:
    """The lifetime in seconds that `ttl` or `expire_time` request."""
    life_s = float(LIFE_S)
    try:
        if "ttl" in body:
            life_s = float(str(body["ttl"]).removesuffix("s"))
        elif "expire_time" in body:
            until = dt.datetime.fromisoformat(str(body["expire_time"]))
            life_s = (until - dt.datetime.fromtimestamp(now, dt.UTC)).total_seconds()
    except (ValueError, TypeError) as error:
        raise ApiError(400, "MALFORMED_REQUEST", "Could not parse the request.") from error
    # Assumed: the wording; only the limits are documented. Half a second allows for the transfer.
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
