"""Signing in: where, with what, and who a bearer token stands for."""

import base64
import binascii
import secrets

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lakepass.emulator.faults.conditions import AccessList
from lakepass.emulator.identity.access_tokens import AccessTokens
from lakepass.emulator.identity.tokens import LIFE_S, WORKSPACE_SCOPE, TokenRefused, Tokens
from lakepass.emulator.state import Identity, Kind, State
from lakepass.emulator.workspace.api import ApiError


class SignIn:
    """OAuth for service principals, and the check of every kind of bearer token."""

    def __init__(
        self, state: State, tokens: Tokens, access_tokens: AccessTokens, access: AccessList
    ) -> None:
        self._access = access
        self._state = state
        self._tokens = tokens
        self._access_tokens = access_tokens

    def routes(self) -> list[Route]:
        """What nobody has to be signed in for."""
        return [
            Route("/.well-known/databricks-config", self._well_known),
            Route("/oidc/.well-known/oauth-authorization-server", self._authorization_server),
            Route("/oidc/v1/token", self._sign_in, methods=["POST"]),
        ]

    def who(self, request: Request, scope: str | None) -> Identity:
        """The identity behind the bearer token. Raises ApiError: 401, or 403 without the scope.

        A blocked address gets a 403 before anything is asked. Assumed: not for signing in.
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

    async def _well_known(self, request: Request) -> Response:
        return JSONResponse(
            {
                "oidc_endpoint": f"{_address(request)}/oidc",
                "account_id": self._state.account_id,
                "workspace_id": self._state.workspace_id,
                "cloud": "AWS",
            }
        )

    async def _authorization_server(self, request: Request) -> Response:
        return JSONResponse(
            {
                "authorization_endpoint": f"{_address(request)}/oidc/v1/authorize",
                "token_endpoint": f"{_address(request)}/oidc/v1/token",
            }
        )

    async def _sign_in(self, request: Request) -> Response:
        """A workspace token for a service principal. Source: RFC 6749, sections 2.3.1, 4.4, 5."""
        form = await request.form()
        if form.get("grant_type") != "client_credentials":
            return _oauth_error(400, "unsupported_grant_type", "Use client_credentials.")
        client_id, secret = _basic(request) or (
            str(form.get("client_id", "")),
            str(form.get("client_secret", "")),
        )
        principal = self._state.by_name(client_id)
        if (
            principal is None
            or principal.kind is not Kind.SERVICE_PRINCIPAL
            or not secrets.compare_digest(secret.encode(), principal.secret.encode())
        ):
            return _oauth_error(401, "invalid_client", "Client authentication failed")
        return JSONResponse(
            {
                "access_token": self._tokens.workspace_token(principal.name),
                "token_type": "Bearer",
                "expires_in": LIFE_S,
                "scope": WORKSPACE_SCOPE,
            }
        )


def _address(request: Request) -> str:
    """The workspace's address, as whoever asks knows it."""
    return str(request.base_url).rstrip("/")


def _without_scope(kind: str, scope: str) -> ApiError:
    message = f"Provided {kind} token does not have required scopes: {scope}"
    return ApiError(403, "PERMISSION_DENIED", message)


def _basic(request: Request) -> tuple[str, str] | None:
    """Client id and secret from HTTP Basic; None if the header is something else."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return name, secret


def _oauth_error(status: int, error: str, description: str) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status)
