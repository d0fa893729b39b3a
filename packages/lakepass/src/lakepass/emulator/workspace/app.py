"""The workspace's application: its routes, and the authentication of the caller."""

import json
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lakepass.emulator.identity.tokens import LAKEBASE_SCOPE
from lakepass.emulator.workspace.api import (
    Answer,
    ApiError,
    Call,
    NoSuchApi,
    Routes,
    WholeAnswer,
    not_emulated,
)
from lakepass.emulator.workspace.known_services import is_known_service
from lakepass.emulator.workspace.oauth import OAuth
from lakepass.emulator.workspace.serving_endpoints import INVOCATIONS
from lakepass.emulator.workspace.signin import SignIn
from lakepass.emulator.workspace.volume_files import FileAnswer, VolumeFiles

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

# The scope that each API requires, by the start of its path. Databricks docs, "API scopes"
# (docs.databricks.com/api/account/scopes), read 2026-11, for the names. Assumed: which API requires
# which; the older API of Lakebase, for which the docs name none, uses the newer one's.
_SCOPES = {
    "postgres/": LAKEBASE_SCOPE,
    "database/": LAKEBASE_SCOPE,
    "secrets/": "secrets",
    "apps": "apps",
    "permissions/": "access-management",
    "sql/": "sql",
    "token/": "authentication",
    "fs/": "files",
    "unity-catalog/": "unity-catalog",
    "serving-endpoints": "model-serving",
}
# Assumed: every token may ask for its own identity.
_OWN_IDENTITY = "preview/scim/v2/Me"


def workspace(
    sign_in: SignIn, oauth: OAuth, parts: Iterable[Routes], files: VolumeFiles
) -> Starlette:
    """The workspace. parts: the APIs; if several routes match, the first one responds."""

    def of_files(answer: FileAnswer) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint of the Files API, whose bodies are files."""

        async def endpoint(request: Request) -> Response:
            try:
                sign_in.caller(request, "files")
                return await answer(request)
            except ApiError as error:
                return error.response()

        return endpoint

    def guarded(
        answer: Answer | WholeAnswer, scope: str | None
    ) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint that identifies the caller, and whose errors have the API's format."""

        async def endpoint(request: Request) -> Response:
            try:
                caller = sign_in.caller(request, scope)
                body = await _body(request)
                call = Call(caller, request.path_params, request.query_params, body)
                found = await answer(call)
                return found if isinstance(found, Response) else JSONResponse(found)
            except NoSuchApi:
                return _no_such_api(request).response()
            except ApiError as error:
                return error.response()

        return endpoint

    transfers = [
        Route(f"/api/2.0/{path}", of_files(answer), methods=[method])
        for method, path, answer in files.routes()
    ]
    transfers.append(Route("/presigned/{key}", files.transfer, methods=["GET", "PUT", "DELETE"]))
    routes = [
        Route(f"{_root_of(path)}/{path}", guarded(answer, _scope_of(path)), methods=[method])
        for part in parts
        for method, path, answer in part
    ]
    anything = Route("/{path:path}", guarded(_nothing, None), methods=_METHODS)
    return Starlette(routes=[*oauth.routes(), *transfers, *routes, anything])


async def _body(request: Request) -> dict[str, Any]:
    """The fields of the body; none if it is empty. Raises ApiError (400)."""
    content = await request.body()
    if not content or request.method == "GET":
        return {}
    try:
        body = json.loads(content)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise ApiError(400, "MALFORMED_REQUEST", "Could not parse the request.")
    return body


def _root_of(path: str) -> str:
    """What the path of an API is behind."""
    if path == INVOCATIONS:
        return ""
    return "/api/2.1" if path.startswith("unity-catalog/") else "/api/2.0"


def _scope_of(path: str) -> str | None:
    """The scope that this API requires; None if any scope is enough."""
    if path == _OWN_IDENTITY:
        return None
    return next((scope for start, scope in _SCOPES.items() if path.startswith(start)), "scim")


async def _nothing(_: Call) -> dict[str, Any]:
    raise NoSuchApi


def _no_such_api(request: Request) -> ApiError:
    """501 if the service has such an API or may have it, else 404."""
    if is_known_service(request.url.path):
        return not_emulated(f"The emulator does not emulate '{request.method} {request.url.path}'.")
    # The message omits the version, as the service's does: `/api/2.0/x` becomes `/x`.
    path = re.sub(r"^/api/\d+\.\d+", "", request.url.path)
    return ApiError(404, "ENDPOINT_NOT_FOUND", f"No API found for '{request.method} {path}'")
