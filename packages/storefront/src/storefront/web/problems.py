"""Errors as responses: a problem document (RFC 9457) for programs, a page for people."""

import logging
import re
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.routing import Match
from starlette.types import Scope

from storefront.errors import (
    InvalidInput,
    MethodNotAllowed,
    NotFound,
    StoreError,
    Unavailable,
    every_error,
)
from storefront.texts import N_, _, speaking
from storefront.web import forms, language, mistakes, query_parameters, render
from storefront.web.middleware.repeated_reads import PASSING
from storefront.web.middleware.request_telemetry import route_of
from storefront.web.middleware.security_headers import security_headers
from storefront.web.mistakes import Mistake

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)

# Where programs ask, browsers that load a picture included; people see a page elsewhere.
_JSON_PATHS = ("/health", "/ready", "/metrics", "/openapi.json")
_JSON_BELOW = ("/api/", "/images/")


def install(app: FastAPI) -> None:
    """Return every error of the app in our form."""
    app.add_exception_handler(StoreError, _store_error)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(Exception, _bug)
    app.include_router(router)


@router.get("/problems/{slug}", name="problem")
async def problem_page(request: Request, slug: str) -> Response:
    """What a kind of problem means and what to do: the page that its ``type`` points at."""
    for kind in every_error():
        if kind.slug == slug:
            meaning = re.sub(r"\s+", " ", (kind.__doc__ or "").strip())
            return render.page(request, "problem_kind.html", kind=kind, meaning=meaning)
    raise NotFound(f"There is no kind of problem called {slug}.")


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How OpenAPI describes these errors of a route."""
    titles = {kind.status: kind.title for kind in every_error()}
    content = {"application/problem+json": {"schema": _schema()}}
    return {status: {"description": titles[status], "content": content} for status in statuses}


@cache
def _schema() -> dict[str, Any]:
    return Problem.model_json_schema()


def pointer_errors(request: Request, error: RequestValidationError) -> list[dict[str, str]]:
    """The values a request got wrong, each with a JSON pointer and a sentence on what it must be."""
    return [
        {
            "pointer": _pointer(mistake),
            "detail": _sentence(request, mistake),
        }
        for mistake in error.errors()
    ]


def _pointer(mistake: Mistake) -> str:
    """The value within the body, or the parameters (RFC 6901); ``#`` is all of it."""
    steps = () if mistake["type"] == "json_invalid" else mistake["loc"][1:]
    return "#" + "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


def _sentence(request: Request, mistake: Mistake) -> str:
    """For programs with the value; for shoppers, in the language of the page, as a form says it."""
    if not _is_for_programs(request):
        name = next((one for one in reversed(mistake["loc"]) if isinstance(one, str)), "")
        return f"{name}: {forms.sentence(mistake)}"
    is_unknown = mistake["type"] == "extra_forbidden"
    return mistakes.sentence(
        mistake, query_parameters.names_beside(request, mistake["loc"]) if is_unknown else ()
    )


async def _store_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, StoreError)
    return problem_of(request, error)


def problem_of(request: Request, error: StoreError) -> Response:
    """The response that says what went wrong, in the form that this request wants."""
    headers: dict[str, str] = {}
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, Unavailable):
        log.warning("%s %s: %s", request.method, route_of(request.scope), error.reason)
        if error.is_passing:
            request.scope[PASSING] = True
    base = request.state.settings.public_url
    return answer(
        request,
        status=error.status,
        type_=f"{base}/problems/{error.slug}",
        title=error.title,
        detail=error.detail,
        facts=error.facts,
        headers=headers,
    )


async def http_error(request: Request, error: Exception) -> Response:
    """The response if no route matches, or the framework refuses a request."""
    assert isinstance(error, HTTPException)
    if error.status_code == 404 and (target := _without_slash(request)):
        return RedirectResponse(target, status_code=301)
    if error.status_code == 404:
        return problem_of(
            request, NotFound(_("There is nothing at %(address)s.", address=request.url.path))
        )
    if error.detail == _UNREADABLE_BODY:
        return problem_of(request, _unreadable(error.__cause__))
    if error.status_code == 405:
        return _method_not_allowed(request)
    return answer(
        request,
        status=error.status_code,
        title=HTTPStatus(error.status_code).phrase,
        detail=_framework_detail(request, error),
        headers=error.headers,
    )


def _framework_detail(request: Request, error: HTTPException) -> str:
    if isinstance(error.__context__, MultiPartException):  # too many files or fields, or cut off
        return f"The form cannot be read. {error.detail}"
    return f"{request.method} {request.url.path}: {HTTPStatus(error.status_code).description}"


def _method_not_allowed(request: Request) -> Response:
    """What the address can do instead; to OPTIONS that is the whole response (RFC 9110, 9.3.7)."""
    allow = {"Allow": ", ".join(_methods_at(request))}
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=allow)
    detail = _(
        "%(address)s does not have the method %(method)s, but %(allowed)s.",
        address=request.url.path,
        method=request.method[:_LONGEST_METHOD],
        allowed=allow["Allow"],
    )
    response = problem_of(request, MethodNotAllowed(detail))
    response.headers.update(allow)
    return response


_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_LONGEST_METHOD = 20


def _methods_at(request: Request) -> list[str]:
    """Every method of the address, of whichever routes; HEAD wherever there is GET."""
    found = [one for one in _METHODS if _is_there({**request.scope, "method": one}, request.app)]
    found = found or ["GET"]  # of mounted files: their own prefix is no longer in the path
    return [*found[:1], *(["HEAD"] if "GET" in found else []), *found[1:], "OPTIONS"]


def _is_there(scope: Scope, app: FastAPI) -> bool:
    return any(route.matches(scope)[0] is Match.FULL for route in app.router.routes)


def _without_slash(request: Request) -> str | None:
    """The address without the slash at its end, if there is something at it; always of this shop."""
    path = request.url.path
    if request.method not in ("GET", "HEAD") or path == "/" or not path.endswith("/"):
        return None
    shorter = "/" + path.strip("/")
    if not _is_there({**request.scope, "path": shorter, "method": "GET"}, request.app):
        return None
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{quote(shorter)}{query}"


# What FastAPI says of a body that its JSON parser refuses by any other error than a syntax error.
_UNREADABLE_BODY = "There was an error parsing the body"


def _unreadable(cause: BaseException | None) -> InvalidInput:
    if isinstance(cause, UnicodeDecodeError):
        reason = f"The body is not UTF-8 text: byte {cause.start} is invalid."
    elif isinstance(cause, RecursionError):
        reason = "The body's JSON is nested too deeply."
    else:
        reason = (
            "The body's JSON cannot be read; a number of thousands of digits cannot, for example."
        )
    return InvalidInput(reason, errors=[{"pointer": "#", "detail": reason}])


async def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = pointer_errors(request, error)
    detail = " ".join(one["detail"] for one in errors)
    return problem_of(request, InvalidInput(detail, errors=errors))


async def _bug(request: Request, error: Exception) -> Response:
    log.error("A bug in %s %s", request.method, route_of(request.scope), exc_info=error)
    request_id = _request_id(request)
    with speaking(language.of(request)):  # a bug is answered outside of the middleware
        detail = _("It has been noted. If it happens again, tell us the number of this request.")
    return answer(
        request,
        status=500,
        title=N_("Something went wrong on our side"),
        detail=detail,
        headers={
            **security_headers(request.scope),
            "Cache-Control": "no-store",
            "X-Request-Id": request_id,
        },
    )


def _request_id(request: Request) -> str:
    """The id under which the log has this request."""
    return str(getattr(request.state, "request_id", None) or uuid4())


def _is_for_programs(request: Request) -> bool:
    return request.url.path.startswith(_JSON_BELOW) or request.url.path in _JSON_PATHS


def answer(
    request: Request,
    *,
    status: int,
    title: str,
    detail: str,
    type_: str = "about:blank",
    facts: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """One problem, in the form that this request wants. Its instance is the id of the request."""
    instance = f"urn:uuid:{_request_id(request)}"
    if _is_for_programs(request):
        document = {
            "type": type_, "title": title, "status": status, "detail": detail, "instance": instance,
        }  # fmt: skip
        return JSONResponse(
            document | dict(facts or {}),
            status_code=status,
            headers=dict(headers or {}),
            media_type="application/problem+json",
        )
    shown = {"status": status, "title": title, "detail": detail, "instance": instance}
    retry_after_s = (headers or {}).get("Retry-After", "5")
    with speaking(language.of(request)):  # a bug is answered outside of the middleware
        response = render.page(
            request, "problem.html", problem=shown, retry_after_s=retry_after_s, status=status
        )
    response.headers.update(headers or {})
    return response
