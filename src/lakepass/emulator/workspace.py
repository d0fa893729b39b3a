"""The workspace over HTTP: sign-in, who am I, secrets, and the two APIs of Lakebase.

Source: the `databricks-sdk` package (service/postgres.py, service/database.py, oauth.py) for paths
and bodies; github.com/databricks/cli (libs/testserver, acceptance) for sample answers and errors.
"""

import asyncio
import base64
import binascii
import datetime as dt
import json
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lakepass.emulator.faults import Minting
from lakepass.emulator.resources import Resources
from lakepass.emulator.roles import Roles
from lakepass.emulator.state import Identity, Kind, State
from lakepass.emulator.tokens import LAKEBASE_SCOPE, LIFE_S, WORKSPACE_SCOPE, TokenRefused, Tokens
from lakepass.emulator.vault import Vault

# Both bounds: databricks-sdk, PostgresAPI.generate_database_credential.
SHORTEST_LIFE_S, LONGEST_LIFE_S = 300, 3600

_Answer = Callable[[Request, Identity], Awaitable[Any]]

_BRANCH = "postgres/projects/{project}/branches/{branch}"
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]

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


class ApiError(Exception):
    """An answer in the shape of the API's errors."""

    def __init__(
        self, status: int, error_code: str, message: str, *, retry_after_s: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error_code = error_code
        self.retry_after_s = retry_after_s

    def response(self) -> Response:
        """The error as the client sees it."""
        headers = {} if self.retry_after_s is None else {"Retry-After": str(self.retry_after_s)}
        body = {"error_code": self.error_code, "message": str(self)}
        return JSONResponse(body, self.status, headers)


class Workspace:
    """The application behind the workspace's address. host: that address, `http://127.0.0.1:...`."""

    def __init__(
        self,
        *,
        host: str,
        state: State,
        tokens: Tokens,
        vault: Vault,
        roles: Mapping[str, Roles],
        resources: Resources,
        minting: Minting,
    ) -> None:
        self._host = host
        self._state = state
        self._tokens = tokens
        self._vault = vault
        self._roles = roles
        self._resources = resources
        self._minting = minting

    def app(self) -> Starlette:
        """The routes. Whoever is not one of the first three must sign in."""
        open_to_all = [
            Route("/.well-known/databricks-config", self._well_known),
            Route("/oidc/.well-known/oauth-authorization-server", self._authorization_server),
            Route("/oidc/v1/token", self._sign_in, methods=["POST"]),
        ]
        signed_in: list[tuple[str, str, _Answer]] = [
            ("GET", "preview/scim/v2/Me", self._me),
            ("GET", "secrets/get", self._secret),
            ("POST", "postgres/credentials", self._endpoint_credential),
            ("GET", f"{_BRANCH}/roles", self._postgres_roles),
            ("GET", f"{_BRANCH}/roles/{{role}}", self._postgres_role),
            ("POST", f"{_BRANCH}/roles/{{role}}/password", self._role_password),
            ("GET", "postgres/{name:path}", self._postgres_resource),
            ("POST", "database/credentials", self._instance_credential),
            ("GET", "database/instances", self._instances),
            ("GET", "database/instances:findByUid", self._instance_by_uid),
            ("GET", "database/instances/{name}", self._instance),
        ]
        routes = [
            Route(f"/api/2.0/{path}", self._guarded(answer, _scope_of(path)), methods=[method])
            for method, path, answer in signed_in
        ]
        anything = Route("/{path:path}", self._guarded(self._no_such_api), methods=_METHODS)
        return Starlette(routes=[*open_to_all, *routes, anything])

    def _guarded(
        self, answer: _Answer, scope: str | None = None
    ) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint that knows who asks, and whose errors have the API's shape."""

        async def endpoint(request: Request) -> Response:
            try:
                return JSONResponse(await answer(request, self._who(request, scope)))
            except ApiError as error:
                return error.response()

        return endpoint

    def _who(self, request: Request, scope: str | None) -> Identity:
        """The identity behind the bearer token. Raises ApiError: 401, or 403 without the scope."""
        # Assumed: the wording of both 401s.
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise ApiError(
                401,
                "UNAUTHENTICATED",
                "Credential was not sent or was of an unsupported type for this API.",
            )
        for user in self._state.users:
            if secrets.compare_digest(token.encode(), user.secret.encode()):
                return user
        try:
            claims = self._tokens.verify(token)
        except TokenRefused as error:
            raise ApiError(401, "UNAUTHENTICATED", "Invalid access token.") from error
        identity = self._state.by_name(claims.subject)
        if identity is None:
            raise ApiError(401, "UNAUTHENTICATED", "Invalid access token.")
        missing = WORKSPACE_SCOPE if claims.is_credential else scope
        if missing is not None and not claims.opens(missing):
            message = f"Provided OAuth token does not have required scopes: {missing}"
            raise ApiError(403, "PERMISSION_DENIED", message)
        return identity

    async def _well_known(self, _: Request) -> Response:
        return JSONResponse(
            {
                "oidc_endpoint": f"{self._host}/oidc",
                "account_id": self._state.account_id,
                "workspace_id": self._state.workspace_id,
                "cloud": "AWS",
            }
        )

    async def _authorization_server(self, _: Request) -> Response:
        return JSONResponse(
            {
                "authorization_endpoint": f"{self._host}/oidc/v1/authorize",
                "token_endpoint": f"{self._host}/oidc/v1/token",
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

    async def _me(self, _: Request, identity: Identity) -> dict[str, Any]:
        user = {
            "id": str(identity.id),
            "userName": identity.name,
            "displayName": identity.display_name,
            "active": True,
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        }
        if identity.kind is Kind.USER:
            user["emails"] = [{"type": "work", "value": identity.name, "primary": True}]
        return user

    async def _secret(self, request: Request, _: Identity) -> dict[str, Any]:
        """A secret in base64. Assumed: each identity of the emulator may read each scope.

        Texts: github.com/Azure/azure-databricks-operator, issue 94, and
        github.com/databrickslabs/overwatch, issue 721.
        """
        scope, key = (request.query_params.get(name, "") for name in ("scope", "key"))
        if not self._vault.has(scope):
            message = f"Scope {scope} does not exist!"
            raise ApiError(404, "RESOURCE_DOES_NOT_EXIST", message)
        value = self._vault.encoded(scope, key)
        if value is None:
            message = f"Secret does not exist with scope: {scope} and key: {key}"
            raise ApiError(404, "RESOURCE_DOES_NOT_EXIST", message)
        return {"key": key, "value": value}

    async def _postgres_resource(self, request: Request, _: Identity) -> dict[str, Any]:
        name = request.path_params["name"]
        found = self._resources.postgres(name)
        if found is None:
            return await self._no_such_api(request, _)
        if isinstance(found, str):
            raise _not_found(found)
        return found

    async def _postgres_roles(self, request: Request, _: Identity) -> dict[str, Any]:
        return {"roles": await self._roles_of(request).all()}

    async def _postgres_role(self, request: Request, _: Identity) -> dict[str, Any]:
        found = await self._roles_of(request).one(request.path_params["role"])
        if found is None:
            raise _not_found("role")
        return found

    async def _role_password(self, request: Request, who: Identity) -> dict[str, Any]:
        role = await self._postgres_role(request, who)
        password = await self._roles_of(request).password_of(request.path_params["role"])
        if password is None:
            # Assumed: the wording. It covers roles of identities and passwords set in SQL.
            message = f"The role {role['status']['postgres_role']} has no password to reveal."
            raise ApiError(400, "BAD_REQUEST", message)
        return {"password": password}

    def _roles_of(self, request: Request) -> Roles:
        name = "projects/{project}/branches/{branch}".format(**request.path_params)
        missing = self._resources.postgres(name)
        if isinstance(missing, str):
            raise _not_found(missing)
        return self._roles[name]

    async def _endpoint_credential(self, request: Request, who: Identity) -> dict[str, Any]:
        body = await self._mint_request(request)
        endpoint = body.get("endpoint")
        if not endpoint:
            message = "Field 'endpoint' is required, expected non-default value (not \"\")!"
            raise ApiError(400, "INVALID_PARAMETER_VALUE", message)
        if endpoint not in self._state.config.endpoints:
            missing = self._resources.postgres(str(endpoint))
            raise _not_found(missing if isinstance(missing, str) else "endpoint")
        token, expires_at = self._tokens.credential(who.name, _requested_life(body))
        return {"token": token, "expire_time": _instant(expires_at)}

    async def _instance_credential(self, request: Request, who: Identity) -> dict[str, Any]:
        body = await self._mint_request(request)
        names = body.get("instance_names")
        if not names:
            message = "Field 'instance_names' is required, expected non-default value (not \"\")!"
            raise ApiError(400, "INVALID_PARAMETER_VALUE", message)
        for name in names:
            self._instance_with("name", str(name))
        token, expires_at = self._tokens.credential(who.name)
        return {"token": token, "expiration_time": _instant(expires_at)}

    async def _mint_request(self, request: Request) -> dict[str, Any]:
        """The body of a request for a credential, after the faults that were asked for."""
        await asyncio.sleep(self._minting.delay_s)
        failure = self._minting.next()
        if failure is not None:
            status, retry_after_s = failure
            raise ApiError(
                status,
                _ERROR_CODES.get(status, "UNKNOWN"),
                "The emulator was told to fail this request.",
                retry_after_s=retry_after_s,
            )
        try:
            body = await request.json()
        except json.JSONDecodeError as error:
            raise ApiError(400, "MALFORMED_REQUEST", "Could not parse the request.") from error
        if not isinstance(body, dict):
            raise ApiError(400, "MALFORMED_REQUEST", "Could not parse the request.")
        if body.get("claims"):
            message = "The emulator issues no credentials restricted to tables (claims)."
            raise ApiError(501, "NOT_IMPLEMENTED", message)
        return body

    async def _instances(self, _: Request, __: Identity) -> dict[str, Any]:
        return {"database_instances": self._resources.instances()}

    async def _instance(self, request: Request, _: Identity) -> dict[str, Any]:
        return self._instance_with("name", request.path_params["name"])

    async def _instance_by_uid(self, request: Request, _: Identity) -> dict[str, Any]:
        return self._instance_with("uid", request.query_params.get("uid", ""))

    def _instance_with(self, field: str, value: str) -> dict[str, Any]:
        for found in self._resources.instances():
            if found[field] == value:
                return found
        raise ApiError(404, "NOT_FOUND", f"Database instance {value} does not exist")

    async def _no_such_api(self, request: Request, _: Identity) -> dict[str, Any]:
        """The text leaves out the version, as the service's does: `/api/2.0/x` is named `/x`."""
        path = re.sub(r"^/api/\d+\.\d+", "", request.url.path)
        message = f"No API found for '{request.method} {path}'"
        raise ApiError(404, "ENDPOINT_NOT_FOUND", message)


def _scope_of(path: str) -> str | None:
    """The scope that a token needs for this API; None if any will do.

    Assumed: who one is may be asked with every token; secrets want a scope of that name; the older
    API of Lakebase, which has no scope of its own in the docs, goes with the newer one.
    """
    if path.startswith("secrets/"):
        return "secrets"
    return LAKEBASE_SCOPE if path.startswith(("postgres/", "database/")) else None


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


def _requested_life(body: dict[str, Any]) -> int:
    """The life in seconds that `ttl` or `expire_time` ask for. Raises ApiError out of bounds."""
    life_s = float(LIFE_S)
    try:
        if "ttl" in body:
            life_s = float(str(body["ttl"]).removesuffix("s"))
        elif "expire_time" in body:
            until = dt.datetime.fromisoformat(str(body["expire_time"]))
            life_s = (until - dt.datetime.now(dt.UTC)).total_seconds()
    except (ValueError, TypeError) as error:
        raise ApiError(400, "MALFORMED_REQUEST", "Could not parse the request.") from error
    # Assumed: the wording; only the bounds are documented. Half a second forgives the way here.
    if not SHORTEST_LIFE_S - 0.5 <= life_s <= LONGEST_LIFE_S + 0.5:
        message = (
            f"The life of a credential must be between {SHORTEST_LIFE_S} and {LONGEST_LIFE_S} "
            "seconds."
        )
        raise ApiError(400, "INVALID_PARAMETER_VALUE", message)
    return round(life_s)


def _instant(seconds: float) -> str:
    """A time as the API writes it: RFC 3339, UTC."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat().replace("+00:00", "Z")


def _not_found(kind: str) -> ApiError:
    trace = secrets.token_hex(16)
    return ApiError(404, "NOT_FOUND", f"{kind} id not found [TraceId: {trace}]")
