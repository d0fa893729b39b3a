"""Faults over HTTP, beside the workspace, under a path that Databricks does not have.

    GET    /lakepass/faults          all faults with their arguments, and which are active
    POST   /lakepass/faults          {"name": "sleep", "arguments": {"wake_s": 2}}
    DELETE /lakepass/faults[/NAME]   clear one fault, or all of them

No secret is required: a fault may be that none is accepted, and whoever can reach a loopback port could
stop the process as well. Web pages can reach it too, but not from other origins: what they may send
across origins without a preflight is never application/json and never a DELETE (Fetch Standard,
"CORS-safelisted method" and "CORS-safelisted request-header"), and preflights are not answered here.
"""

import asyncio
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lakepass.emulator.faults.switches import Faults
from lakepass.emulator.faults.table import FAULTS
from lakepass.emulator.postgres.binaries import EmulatorError

PATH = "/lakepass/faults"

_Answer = Callable[[Request], Awaitable[Response]]


def fault_routes(faults: Faults) -> list[Route]:
    """The routes. A fault is injected in a thread: it waits for the event loop that serves this."""

    async def every(_: Request) -> Response:
        return JSONResponse({"faults": _listed(faults)})

    async def cause(request: Request) -> Response:
        asked = await _asked(request)
        await asyncio.to_thread(faults.cause, asked["name"], asked.get("arguments") or {})
        return await every(request)

    async def clear(request: Request) -> Response:
        await asyncio.to_thread(faults.clear, request.path_params.get("name"))
        return await every(request)

    return [
        Route(PATH, _guarded(every)),
        Route(PATH, _guarded(cause), methods=["POST"]),
        Route(PATH, _guarded(clear), methods=["DELETE"]),
        Route(f"{PATH}/{{name}}", _guarded(clear), methods=["DELETE"]),
    ]


def _guarded(answer: _Answer) -> _Answer:
    """An endpoint for this machine only, whose errors have the format of the API's."""

    async def endpoint(request: Request) -> Response:
        if not _is_local(request):
            return _error(
                403, "PERMISSION_DENIED", "Faults can be injected from this machine only."
            )
        try:
            return await answer(request)
        except EmulatorError as error:
            return _error(400, "INVALID_PARAMETER_VALUE", str(error))

    return endpoint


def _is_local(request: Request) -> bool:
    """Whether it came over loopback to a loopback name: a foreign name suggests DNS rebinding."""
    peer = request.client
    return peer is not None and _is_loopback(peer.host) and _is_loopback(request.url.hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


async def _asked(request: Request) -> dict[str, Any]:
    """The body of a request. Raises EmulatorError if it does not match the module's docstring."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise EmulatorError("The request must be application/json.")
    try:
        asked = await request.json()
    except ValueError as error:
        raise EmulatorError("The body is not JSON.") from error
    if not isinstance(asked, dict) or not isinstance(asked.get("name"), str):
        raise EmulatorError(
            'The body must name a fault: {"name": "sleep", "arguments": {"wake_s": 2}}.'
        )
    if not isinstance(asked.get("arguments") or {}, dict):
        raise EmulatorError('Arguments must be an object: {"wake_s": 2}.')
    return asked


def _listed(faults: Faults) -> list[dict[str, Any]]:
    in_force = faults.in_force
    return [one.described() | {"in_force": in_force.get(name)} for name, one in FAULTS.items()]


def _error(status: int, error_code: str, message: str) -> Response:
    return JSONResponse({"error_code": error_code, "message": message}, status)
