"""Who one is, and personal access tokens of one's own."""

from typing import Any

from lakepass.emulator.identity.access_tokens import LIFE_S, AccessToken, AccessTokens
from lakepass.emulator.state import Kind, State
from lakepass.emulator.workspace.api import ApiError, Call, Routes, wrong


class Accounts:
    """`current_user` and `tokens` of the SDK."""

    def __init__(self, state: State, access_tokens: AccessTokens) -> None:
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
        identity = call.who
        user: dict[str, Any] = {
            "id": str(identity.id),
            "userName": identity.name,
            "displayName": identity.display_name,
            "active": True,
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "groups": [
                {"display": one.name, "value": str(one.id), "type": "direct"}
                for one in self._state.groups_of(identity)
            ],
        }
        if identity.kind is Kind.USER:
            user["emails"] = [{"type": "work", "value": identity.name, "primary": True}]
        return user

    async def _create(self, call: Call) -> dict[str, Any]:
        life_s = call.body.get("lifetime_seconds", LIFE_S)
        scopes = call.body.get("scopes", [])
        if not isinstance(life_s, int) or life_s <= 0:
            raise wrong("lifetime_seconds must be a positive number.")
        if not isinstance(scopes, list):
            raise wrong("scopes must be a list.")
        made = self._access_tokens.create(
            call.who.name,
            comment=str(call.body.get("comment", "")),
            life_s=life_s,
            scopes=[str(scope) for scope in scopes],
        )
        return {"token_value": made.value, "token_info": _told(made)}

    async def _list(self, call: Call) -> dict[str, Any]:
        return {"token_infos": [_told(one) for one in self._access_tokens.of(call.who.name)]}

    async def _delete(self, call: Call) -> dict[str, Any]:
        token_id = call.text("token_id")
        if not self._access_tokens.revoke(call.who.name, token_id):
            message = f"Token with ID {token_id} does not exist."  # Assumed: the wording.
            raise ApiError(404, "RESOURCE_DOES_NOT_EXIST", message)
        return {}


def _told(token: AccessToken) -> dict[str, Any]:
    """All but its value. Times are milliseconds since 1970."""
    return {
        "token_id": token.id,
        "comment": token.comment,
        "creation_time": round(token.created_at * 1000),
        "expiry_time": -1 if token.ends_at is None else round(token.ends_at * 1000),
        **({"scopes": list(token.scopes)} if token.scopes else {}),
    }
