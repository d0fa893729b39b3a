"""Faults over HTTP, beside the workspace, under a path that Databricks does not have.

    GET    /lakepass/faults          all, with their arguments and which are in force
    POST   /lakepass/faults          {"name": "sleep", "arguments": {"wake_s": 2}}
    DELETE /lakepass/faults[/NAME]   behave again

No secret is asked for: a fault may be that none is taken, and whoever can reach a loopback port here
could as well stop the process. Web pages can reach it too, but not from elsewhere: what they send
across origins without asking is never application/json and never a DELETE (Fetch Standard,
"CORS-safelisted method" and "CORS-safelisted request-header"), and this answers no such question.
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
    """The routes. A fault is caused in a thread: it waits for the loop that answers here."""

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
    """An endpoint for this machine alone, whose errors have the form of the API's."""

    async def endpoint(request: Request) -> Response:
        if not _is_local(request):
            return _error(403, "PERMISSION_DENIED", "Faults are for this machine alone.")
        try:
            return await answer(request)
        except EmulatorError as error:
            return _error(400, "INVALID_PARAMETER_VALUE", str(error))

    return endpoint


def _is_local(request: Request) -> bool:
    """Whether it came over loopback and names it: a foreign name may lead a browser here."""
    peer = request.client
    return peer is not None and _is_loopback(peer.host) and _is_loopback(request.url.hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


async def _asked(request: Request) -> dict[str, Any]:
    """The body of a request. Raises EmulatorError if it is not as the module's docstring has it."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise EmulatorError("Send application/json.")
    try:
        asked = await request.json()
    except ValueError as error:
        raise EmulatorError("The body is not JSON.") from error
    if not isinstance(asked, dict) or not isinstance(asked.get("name"), str):
        raise EmulatorError('Name a fault: {"name": "sleep", "arguments": {"wake_s": 2}}.')
    if not isinstance(asked.get("arguments") or {}, dict):
        raise EmulatorError('Arguments have names: {"wake_s": 2}.')
    return asked


def _listed(faults: Faults) -> list[dict[str, Any]]:
    in_force = faults.in_force
    return [one.described() | {"in_force": in_force.get(name)} for name, one in FAULTS.items()]


def _error(status: int, error_code: str, message: str) -> Response:
    return JSONResponse({"error_code": error_code, "message": message}, status)
