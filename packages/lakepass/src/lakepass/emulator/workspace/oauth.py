"""OAuth: workspace tokens for service principals, and discovery.

Source: RFC 6749, sections 2.3.1 (client authentication), 3.1 and 4.1.2.1 (authorize), 3.2 (token),
3.3 (scopes), 4.4 (client credentials), 5.2 (errors).
"""

import base64
import binascii
import re
import secrets
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from lakepass.emulator.identity.tokens import LIFE_S, WORKSPACE_SCOPE, Tokens
from lakepass.emulator.state import Identity, IdentityType, WorkspaceState

_FORM = "application/x-www-form-urlencoded"
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*")
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
# databricks-sdk, oauth.py: optional parameters. Ignoring either would issue a token that
# grants more than was asked for.
_NOT_EMULATED = ("assume_group", "authorization_details")
# The public client of the Databricks CLI and SDKs: databricks-sdk, credentials_provider.py.
_PUBLIC_CLIENT = "databricks-cli"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class OAuthError(Exception):
    """An error response of the token endpoint."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.error = error

    def response(self, *, challenge: bool) -> Response:
        """challenge: whether the client used HTTP authentication, so the response names the scheme."""
        headers = dict(_NO_STORE)
        if self.status == 401 and challenge:
            headers["WWW-Authenticate"] = 'Basic realm="workspace"'
        body = {"error": self.error, "error_description": str(self)}
        return JSONResponse(body, self.status, headers)


class OAuth:
    """The endpoints that need no bearer token."""

    def __init__(self, state: WorkspaceState, tokens: Tokens) -> None:
        self._state = state
        self._tokens = tokens

    def routes(self) -> list[Route]:
        """The paths."""
        return [
            Route("/.well-known/databricks-config", self._well_known),
            Route("/oidc/.well-known/oauth-authorization-server", self._authorization_server),
            Route("/oidc/.well-known/openid-configuration", self._authorization_server),
            Route("/oidc/v1/authorize", self._authorize, methods=["GET", "POST"]),
            Route("/oidc/v1/token", self._token, methods=["POST"]),
        ]

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
        """Source: RFC 8414."""
        return JSONResponse(
            {
                "issuer": self._tokens.issuer,
                "authorization_endpoint": f"{_address(request)}/oidc/v1/authorize",
                "token_endpoint": f"{_address(request)}/oidc/v1/token",
                "response_types_supported": ["code"],
                "grant_types_supported": ["client_credentials"],
                "token_endpoint_auth_methods_supported": [
                    "client_secret_basic",
                    "client_secret_post",
                ],
            }
        )

    async def _token(self, request: Request) -> Response:
        """A workspace token for a service principal."""
        try:
            return self._issued(request, await _form(request))
        except OAuthError as error:
            return error.response(challenge="authorization" in request.headers)

    def _issued(self, request: Request, form: Mapping[str, str]) -> Response:
        grant = form.get("grant_type")
        if not grant:
            raise OAuthError(400, "invalid_request", "grant_type is required")
        if grant != "client_credentials":
            description = "grant_type must be client_credentials"
            raise OAuthError(400, "unsupported_grant_type", description)
        principal = self._authenticated(request, form)
        for parameter in _NOT_EMULATED:
            if form.get(parameter):
                description = f"the emulator does not support {parameter}"
                raise OAuthError(400, "invalid_request", description)
        scope = form.get("scope") or WORKSPACE_SCOPE
        if not _SCOPE.fullmatch(scope):
            raise OAuthError(400, "invalid_scope", "scope must be names separated by one space")
        return JSONResponse(
            {
                "access_token": self._tokens.workspace_token(principal.name, scope.split(" ")),
                "token_type": "Bearer",
                "expires_in": LIFE_S,
                "scope": scope,
            },
            headers=_NO_STORE,
        )

    def _authenticated(self, request: Request, form: Mapping[str, str]) -> Identity:
        """The service principal. Raises OAuthError: 401 invalid_client, 400 invalid_request."""
        if "authorization" in request.headers and "client_secret" in form:
            description = "authenticate in the header or in the body, not in both"
            raise OAuthError(400, "invalid_request", description)
        client_id, secret = _basic(request) or (
            form.get("client_id", ""),
            form.get("client_secret", ""),
        )
        principal = self._state.by_name(client_id)
        if (
            principal is None
            or principal.type is not IdentityType.SERVICE_PRINCIPAL
            or not secrets.compare_digest(secret.encode(), principal.secret.encode())
        ):
            raise OAuthError(401, "invalid_client", "Client authentication failed")
        return principal

    async def _authorize(self, request: Request) -> Response:
        """Signing in with a browser is not emulated; clients get the errors of the standard.

        An unknown client or an address that is not the client's own gets an error page and is never
        redirected to. Assumed: the only client is that of the CLI and SDKs, on this machine.
        """
        asked = request.query_params if request.method == "GET" else await request.form()
        client_id = str(asked.get("client_id") or "")
        redirect_uri = str(asked.get("redirect_uri") or "")
        if client_id != _PUBLIC_CLIENT:
            return _refused("invalid_client", f"client_id must be {_PUBLIC_CLIENT}")
        if not _is_own_address(redirect_uri):
            description = "redirect_uri must be an http address of this machine, without a fragment"
            return _refused("invalid_request", description)
        kind = asked.get("response_type")
        if not kind:
            error, description = "invalid_request", "response_type is required"
        elif kind != "code":
            error, description = "unsupported_response_type", "response_type must be code"
        else:
            error = "unauthorized_client"
            description = "The emulator has no sign-in with a browser. Use a personal access token."
        answer = {"error": error, "error_description": description}
        if asked.get("state"):
            answer["state"] = str(asked["state"])
        separator = "&" if urlsplit(redirect_uri).query else "?"
        return RedirectResponse(f"{redirect_uri}{separator}{urlencode(answer)}", 302)


def _refused(error: str, description: str) -> Response:
    return JSONResponse({"error": error, "error_description": description}, 400)


def _is_own_address(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return False
    is_plain = not (parts.fragment or parts.username or parts.password) and "#" not in uri
    return parts.scheme == "http" and parts.hostname in _LOOPBACK and port != 0 and is_plain


def _address(request: Request) -> str:
    return str(request.base_url).rstrip("/")


async def _form(request: Request) -> dict[str, str]:
    """The parameters of the body. Raises OAuthError (400) if one is repeated, as RFC 6749 asks."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise OAuthError(400, "invalid_request", f"the body must be {_FORM}")
    try:
        body = (await request.body()).decode("ascii")
        pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=100, errors="strict")
    except ValueError as error:
        raise OAuthError(400, "invalid_request", f"the body is not {_FORM}") from error
    form = dict(pairs)
    if len(form) != len(pairs):
        raise OAuthError(400, "invalid_request", "a parameter is repeated")
    return form


def _basic(request: Request) -> tuple[str, str] | None:
    """Client id and secret from HTTP Basic; None if the header is something else."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return unquote_plus(name), unquote_plus(secret)
