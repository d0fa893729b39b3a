"""The identity behind a bearer token, and whether the token grants the requested API."""

from starlette.requests import Request

from lakepass.emulator.faults.conditions import AccessList
from lakepass.emulator.identity.access_tokens import AccessTokens
from lakepass.emulator.identity.tokens import WORKSPACE_SCOPE, TokenRefused, Tokens
from lakepass.emulator.state import Identity, WorkspaceState
from lakepass.emulator.workspace.api import ApiError


class SignIn:
    """Verifies every kind of bearer token."""

    def __init__(
        self, state: WorkspaceState, tokens: Tokens, access_tokens: AccessTokens, access: AccessList
    ) -> None:
        self._access = access
        self._state = state
        self._tokens = tokens
        self._access_tokens = access_tokens

    def caller(self, request: Request, scope: str | None) -> Identity:
        """The identity behind the bearer token. Raises ApiError: 401, or 403 without the scope.

        A blocked address gets a 403 first. Assumed: signing in is not blocked.
        """
        if request.client and request.client.host == self._access.blocked:
            text = f"Source IP address: {request.client.host} is blocked by Databricks IP ACL"
            text += f" for workspace: {self._state.workspace_id}"
            raise ApiError(403, "PERMISSION_DENIED", text)
        # Assumed: the wording of both 401s.
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise ApiError(
                401,
                "UNAUTHENTICATED",
                "Credential was not sent or was of an unsupported type for this API.",
            )
        access_token = self._access_tokens.found(token)
        if access_token is not None:
            if scope is not None and not access_token.opens(scope):
                raise _without_scope("PAT", scope)
            return self._known(access_token.owner)
        try:
            claims = self._tokens.verify(token)
        except TokenRefused as error:
            raise ApiError(401, "UNAUTHENTICATED", "Invalid access token.") from error
        missing = WORKSPACE_SCOPE if claims.is_credential else scope
        if missing is not None and not claims.opens(missing):
            raise _without_scope("OAuth", missing)
        return self._known(claims.subject)

    def _known(self, name: str) -> Identity:
        identity = self._state.by_name(name)
        if identity is None:
            raise ApiError(401, "UNAUTHENTICATED", "Invalid access token.")
        if not self._state.has_workspace_access(identity):
            # Databricks docs, "Connect external apps with the API"
            # (oltp/projects/external-apps-manual-api), read 2026-11. Assumed: the code.
            message = "API is disabled for users without workspace-access entitlement"
            raise ApiError(403, "PERMISSION_DENIED", message)
        return identity


def _without_scope(kind: str, scope: str) -> ApiError:
    message = f"Provided {kind} token does not have required scopes: {scope}"
    return ApiError(403, "PERMISSION_DENIED", message)
