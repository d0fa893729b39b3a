"""What every API of the workspace shares: calls, pages, long-running operations, errors."""

import asyncio
import base64
import binascii
import datetime as dt
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import JSONResponse, Response

from lakepass.emulator.faults.conditions import Requests
from lakepass.emulator.state import Identity

log = logging.getLogger(__name__)

LARGEST_PAGE = 100  # databricks-sdk, all list methods of service/postgres.py and database.py
TYPES = "type.googleapis.com"


@dataclass(frozen=True, slots=True)
class Call:
    """A request by a signed-in identity.

    path: the variable parts of the path, by name; body: empty if there is none.
    """

    caller: Identity
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, Any]

    def text(self, name: str) -> str:
        """A required string field of the body. Raises ApiError (400)."""
        value = self.body.get(name)
        if not value or not isinstance(value, str):
            raise required(name)
        return value

    def flag(self, name: str) -> bool:
        """A query parameter that is `true` or `false`; false if it is absent."""
        return self.query.get(name) == "true"


Answer = Callable[[Call], Awaitable[Mapping[str, Any]]]
# The same with headers of its own.
WholeAnswer = Callable[[Call], Awaitable[Response]]
# Method, path after /api/2.0/, and the function that responds.
Routes = list[tuple[str, str, Answer | WholeAnswer]]


class ApiError(Exception):
    """An error response of the API."""

    def __init__(
        self,
        status: int,
        error_code: str,
        message: str,
        *,
        retry_after_s: int | None = None,
        details: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error_code = error_code
        self.retry_after_s = retry_after_s
        self.details = details

    def response(self) -> Response:
        """The HTTP response with this error."""
        headers = {} if self.retry_after_s is None else {"Retry-After": str(self.retry_after_s)}
        body: dict[str, Any] = {"error_code": self.error_code, "message": str(self)}
        if self.details:
            body["details"] = list(self.details)
        return JSONResponse(body, self.status, headers)


# Error codes of the statuses that faults can set: databricks-sdk, errors/platform.py.
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


async def held_up(requests: Requests) -> None:
    """Delay and fail a request as the active faults of its kind require. Raises ApiError."""
    await asyncio.sleep(requests.delay_s)
    failure = requests.next()
    if failure is not None:
        status, retry_after_s = failure
        raise ApiError(
            status,
            _ERROR_CODES.get(status, "UNKNOWN"),
            "A fault of the emulator fails this request.",
            retry_after_s=retry_after_s,
        )


class NoSuchApi(Exception):
    """No API exists at this path."""


def required(field: str) -> ApiError:
    """A required field is missing."""
    message = f"Field '{field}' is required, expected non-default value (not \"\")!"
    return ApiError(400, "INVALID_PARAMETER_VALUE", message)


def invalid(message: str) -> ApiError:
    """A field has an invalid value. Assumed: nearly every wording."""
    return ApiError(400, "INVALID_PARAMETER_VALUE", message)


def not_emulated(message: str) -> ApiError:
    """The service supports this and the emulator does not.

    Never a 404: SDKs and installers take that to mean that the object does not exist.
    """
    return ApiError(501, "NOT_IMPLEMENTED", message)


def table(value: object, field: str) -> dict[str, Any]:
    """A field that must be an object; empty if absent. Raises ApiError (400)."""
    if value is None or isinstance(value, dict):
        return value or {}
    raise invalid(f"Field {field} must be an object.")


def listed(value: object, field: str) -> list[Any]:
    """A field that must be a list; empty if absent. Raises ApiError (400)."""
    if value is None or isinstance(value, list):
        return value or []
    raise invalid(f"Field {field} must be a list.")


def not_found(kind: str) -> ApiError:
    """A part of a resource name does not exist. kind: of the first such part."""
    return ApiError(404, "NOT_FOUND", f"{kind} id not found{trace()}")


def trace() -> str:
    """The suffix of some of the service's error messages."""
    return f" [TraceId: {secrets.token_hex(16)}]"


def timestamp(seconds: float | None = None) -> str:
    """A time in the API's format, RFC 3339 in UTC. seconds: since 1970; by default, now."""
    moment = (
        dt.datetime.now(dt.UTC).replace(microsecond=0)
        if seconds is None
        else dt.datetime.fromtimestamp(seconds, dt.UTC)
    )
    return moment.isoformat().replace("+00:00", "Z")


def page(call: Call, key: str, items: Sequence[Any]) -> dict[str, Any]:
    """One page of a list, with the token of the next page.

    Raises ApiError (400). Assumed: the wording, and that the default page size is the largest.
    """
    asked = call.query.get("page_size", "") or str(LARGEST_PAGE)
    size = int(asked) if re.fullmatch(r"\d{1,9}", asked) else -1
    if not 0 <= size <= LARGEST_PAGE:
        raise invalid(f"page_size must be between 0 and {LARGEST_PAGE}, got {asked}.")
    start = _start(call.query.get("page_token", ""))
    end = start + (size or LARGEST_PAGE)
    found: dict[str, Any] = {key: list(items[start:end])}
    if end < len(items):
        found["next_page_token"] = base64.urlsafe_b64encode(f"after {end}".encode()).decode()
    return found


def _start(token: str) -> int:
    if not token:
        return 0
    try:
        word, _, number = base64.urlsafe_b64decode(token).decode().partition(" ")
        if word == "after" and int(number) > 0:
            return int(number)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        pass
    raise invalid("page_token is invalid.")


RESPOND_WITHIN_S = 5.0
"""How long a request may wait for what it creates or deletes.

The service responds at once. The SDK repeats a request that takes a minute (lakepass lets it repeat one
after ten seconds), and would find that what it asks for is there already, or gone.
"""


async def is_done_in_time(change: "asyncio.Future[Any]") -> bool:
    """Whether a change ends before the response to its request is due.

    It goes on in any case; if it fails after that, the log says so.
    """
    done, _ = await asyncio.wait([change], timeout=RESPOND_WITHIN_S)
    if not done:
        change.add_done_callback(_log_failure)
    return bool(done)


def _log_failure(change: "asyncio.Future[Any]") -> None:
    if not change.cancelled() and (error := change.exception()):
        log.warning("What a request began failed after its response was sent: %s", error)


class Operations:
    """Long-running operations. Here most are completed before the response is sent."""

    def __init__(self) -> None:
        self._all: dict[str, dict[str, Any]] = {}

    def done(self, name: str, kind: str, result: Mapping[str, Any] | None) -> dict[str, Any]:
        """The finished operation that created, changed or (without a result) deleted a resource."""
        if result is None:
            response: dict[str, Any] = {"@type": f"{TYPES}/google.protobuf.Empty"}
        else:
            response = {"@type": f"{TYPES}/databricks.postgres.v1.{kind}", **result}
        return self._new(name, kind, {"done": True, "response": response})

    def running(
        self, name: str, kind: str, change: "asyncio.Future[Mapping[str, Any]]"
    ) -> dict[str, Any]:
        """The operation of a change that goes on; later it has the response of the change, or its error.

        change: its result is the finished operation.
        """
        operation = self._new(name, kind, {"done": False})

        def finish(_: object) -> None:
            operation.update({"done": True} | _end_of(change))

        change.add_done_callback(finish)
        return dict(operation)

    def named(self, name: str) -> dict[str, Any]:
        """An operation of this run of the emulator. Raises ApiError (404)."""
        if name not in self._all:
            raise not_found("operation")
        return self._all[name]

    def _new(self, name: str, kind: str, state: Mapping[str, Any]) -> dict[str, Any]:
        operation = {
            "name": f"{name}/operations/{secrets.token_hex(8)}",
            "metadata": {"@type": f"{TYPES}/databricks.postgres.v1.{kind}OperationMetadata"},
            **state,
        }
        self._all[operation["name"]] = operation
        return operation


def _end_of(change: "asyncio.Future[Mapping[str, Any]]") -> dict[str, Any]:
    """The response or the error with which an operation ends (databricks-sdk, postgres.Operation)."""
    if change.cancelled():
        return {"error": {"error_code": "ABORTED", "message": "The emulator is stopping."}}
    error = change.exception()
    if error is None:
        return {"response": change.result()["response"]}
    code = error.error_code if isinstance(error, ApiError) else "INTERNAL_ERROR"
    return {"error": {"error_code": code, "message": str(error)}}
