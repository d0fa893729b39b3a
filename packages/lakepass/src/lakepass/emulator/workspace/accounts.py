"""The caller's own identity, and its personal access tokens."""

from typing import Any

from lakepass.emulator.identity.access_tokens import LIFE_S, AccessToken, AccessTokens
from lakepass.emulator.state import WorkspaceState
from lakepass.emulator.workspace.api import ApiError, Call, Routes, invalid
from lakepass.emulator.workspace.directory import scim_resource


class Accounts:
    """`current_user` and `tokens` of the SDK."""

    def __init__(self, state: WorkspaceState, access_tokens: AccessTokens) -> None:
        self._state = state
        self._access_tokens = access_tokens

    def routes(self) -> Routes:
        """The paths."""
        return [
            ("GET", "preview/scim/v2/Me", self._me),
            ("POST", "token/create", self._create),
            ("GET", "token/list", self._list),
            ("POST", "token/delete", self._delete),
        ]

    async def _me(self, call: Call) -> dict[str, Any]:
        return scim_resource(self._state, call.caller)

    async def _create(self, call: Call) -> dict[str, Any]:
        life_s = call.body.get("lifetime_seconds", LIFE_S)
        scopes = call.body.get("scopes", [])
        if not isinstance(life_s, int) or life_s <= 0:
            raise invalid("lifetime_seconds must be a positive number.")
        if not isinstance(scopes, list):
            raise invalid("scopes must be a list.")
        made = self._access_tokens.create(
            call.caller.name,
            comment=str(call.body.get("comment", "")),
            life_s=life_s,
            scopes=[str(scope) for scope in scopes],
        )
        return {"token_value": made.value, "token_info": _shown(made)}

    async def _list(self, call: Call) -> dict[str, Any]:
        return {"token_infos": [_shown(one) for one in self._access_tokens.of(call.caller.name)]}

    async def _delete(self, call: Call) -> dict[str, Any]:
        token_id = call.text("token_id")
        if not self._access_tokens.revoke(call.caller.name, token_id):
            message = f"Token with ID {token_id} does not exist."  # Assumed: the wording.
            raise ApiError(404, "RESOURCE_DOES_NOT_EXIST", message)
        return {}


def _shown(token: AccessToken) -> dict[str, Any]:
    """Everything except its value. Times are milliseconds since 1970."""
    return {
        "token_id": token.id,
        "comment": token.comment,
        "creation_time": round(token.created_at * 1000),
        "expiry_time": -1 if token.ends_at is None else round(token.ends_at * 1000),
        **({"scopes": list(token.scopes)} if token.scopes else {}),
    }
