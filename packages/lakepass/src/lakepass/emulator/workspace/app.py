"""The application behind the workspace's address: routes, and who asks."""

import json
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lakepass.emulator.identity.tokens import LAKEBASE_SCOPE
from lakepass.emulator.workspace.api import Answer, ApiError, Call, NoSuchApi, Routes
from lakepass.emulator.workspace.signin import SignIn

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def workspace(sign_in: SignIn, parts: Iterable[Routes]) -> Starlette:
    """The workspace. parts: what it answers to those who signed in; the first that fits does."""

    def guarded(answer: Answer, scope: str | None) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint that knows who asks, and whose errors have the API's shape."""

        async def endpoint(request: Request) -> Response:
            try:
                who = sign_in.who(request, scope)
                body = await _body(request)
                call = Call(who, request.path_params, request.query_params, body)
                return JSONResponse(await answer(call))
            except NoSuchApi:
                return _no_such_api(request).response()
            except ApiError as error:
                return error.response()

        return endpoint

    routes = [
        Route(f"/api/2.0/{path}", guarded(answer, _scope_of(path)), methods=[method])
        for part in parts
        for method, path, answer in part
    ]
    anything = Route("/{path:path}", guarded(_nothing, None), methods=_METHODS)
    return Starlette(routes=[*sign_in.routes(), *routes, anything])


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


def _scope_of(path: str) -> str | None:
    """The scope that a token needs for this API; None if any will do.

    Assumed: who one is may be asked with every token; secrets want a scope of that name; the older
    API of Lakebase, which has no scope of its own in the docs, goes with the newer one.
    """
    if path.startswith("secrets/"):
        return "secrets"
    return LAKEBASE_SCOPE if path.startswith(("postgres/", "database/")) else None


async def _nothing(_: Call) -> dict[str, Any]:
    raise NoSuchApi


def _no_such_api(request: Request) -> ApiError:
    """The text leaves out the version, as the service's does: `/api/2.0/x` is named `/x`."""
    path = re.sub(r"^/api/\d+\.\d+", "", request.url.path)
    return ApiError(404, "ENDPOINT_NOT_FOUND", f"No API found for '{request.method} {path}'")
