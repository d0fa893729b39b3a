"""How every API of the workspace speaks: calls, pages, long-running operations, errors."""

import base64
import binascii
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import JSONResponse, Response

from lakepass.emulator.state import Identity

LARGEST_PAGE = 100  # databricks-sdk, all list methods of service/postgres.py and database.py
_TYPES = "type.googleapis.com"


@dataclass(frozen=True, slots=True)
class Call:
    """A request of someone who signed in.

    path: the variable parts of the path, by name; body: empty if there is none.
    """

    who: Identity
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, Any]

    def text(self, name: str) -> str:
        """A field that the body must have. Raises ApiError (400)."""
        value = self.body.get(name)
        if not value or not isinstance(value, str):
            raise missing(name)
        return value

    @property
    def mask(self) -> set[str] | None:
        """The fields that an update is about, without `spec.`; None means all of them."""
        asked = self.query.get("update_mask", "")
        paths = [_snake_case(path).removeprefix("spec.") for path in asked.split(",") if path]
        return None if not paths or "spec" in paths or "*" in paths else set(paths)


Answer = Callable[[Call], Awaitable[Mapping[str, Any]]]
# Method, path behind /api/2.0/, and what answers.
Routes = list[tuple[str, str, Answer]]


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


class NoSuchApi(Exception):
    """The path is none of the API's."""


def missing(field: str) -> ApiError:
    """A field is needed that is not there."""
    message = f"Field '{field}' is required, expected non-default value (not \"\")!"
    return ApiError(400, "INVALID_PARAMETER_VALUE", message)


def wrong(message: str) -> ApiError:
    """A value that cannot be taken. Assumed: nearly every wording."""
    return ApiError(400, "INVALID_PARAMETER_VALUE", message)


def table(value: object, field: str) -> dict[str, Any]:
    """A field that must be an object; an empty one if it is not there. Raises ApiError (400)."""
    if value is None or isinstance(value, dict):
        return value or {}
    raise wrong(f"Field {field} must be an object.")


def listed(value: object, field: str) -> list[Any]:
    """A field that must be a list; an empty one if it is not there. Raises ApiError (400)."""
    if value is None or isinstance(value, list):
        return value or []
    raise wrong(f"Field {field} must be a list.")


def not_found(kind: str) -> ApiError:
    """Some part of a resource name leads nowhere. kind: of the first one that does."""
    return ApiError(404, "NOT_FOUND", f"{kind} id not found{trace()}")


def trace() -> str:
    """What the service puts behind the text of some errors."""
    return f" [TraceId: {secrets.token_hex(16)}]"


def page(call: Call, key: str, items: Sequence[Any]) -> dict[str, Any]:
    """The part of a list that was asked for, and the way to the next part.

    Raises ApiError (400). Assumed: the wording, and that a page holds as much as it may by default.
    """
    asked = call.query.get("page_size", "") or str(LARGEST_PAGE)
    size = int(asked) if re.fullmatch(r"\d{1,9}", asked) else -1
    if not 0 <= size <= LARGEST_PAGE:
        raise wrong(f"page_size must be between 0 and {LARGEST_PAGE}, got {asked}.")
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
    raise wrong("page_token is invalid.")


class Operations:
    """Work that takes time in the service and is done here before the answer."""

    def __init__(self) -> None:
        self._done: dict[str, dict[str, Any]] = {}

    def done(self, name: str, kind: str, result: Mapping[str, Any] | None) -> dict[str, Any]:
        """The operation that made or changed a resource; or, with no result, deleted it."""
        if result is None:
            response: dict[str, Any] = {"@type": f"{_TYPES}/google.protobuf.Empty"}
        else:
            response = {"@type": f"{_TYPES}/databricks.postgres.v1.{kind}", **result}
        operation = {
            "name": f"{name}/operations/{secrets.token_hex(8)}",
            "done": True,
            "metadata": {"@type": f"{_TYPES}/databricks.postgres.v1.{kind}OperationMetadata"},
            "response": response,
        }
        self._done[str(operation["name"])] = operation
        return operation

    def named(self, name: str) -> dict[str, Any]:
        """An operation of this run of the emulator. Raises ApiError (404)."""
        if name not in self._done:
            raise not_found("operation")
        return self._done[name]


def _snake_case(path: str) -> str:
    """A path of a field mask as the SDK writes it (`spec.postgresRole`), in the names of fields."""
    return re.sub(r"[A-Z]", lambda letter: f"_{letter.group().lower()}", path)
