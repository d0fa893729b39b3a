"""Which kind of body a route reads: a body of another kind is refused, not read as something else."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.routing import APIRoute

from storefront.errors import UnsupportedMediaType
from storefront.web import problems
from storefront.web.query_parameters import reads_form

_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
_LONGEST_KIND = 100


def check_body_kind(request: Request) -> None:
    """Raises UnsupportedMediaType (415)."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute) or route.body_field is None or not _has_body(request):
        return
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_form = reads_form(route)
    if sent in _FORMS if is_form else _is_json(sent):
        return
    kind = "a form (multipart/form-data)" if is_form else "JSON (application/json)"
    said = f"says {sent[:_LONGEST_KIND]}" if sent else "is missing"
    raise UnsupportedMediaType(f"The body must be {kind}; the header Content-Type {said}.")


def _has_body(request: Request) -> bool:
    length = request.headers.get("content-length")
    return length != "0" if length is not None else "transfer-encoding" in request.headers


def _is_json(kind: str) -> bool:
    """JSON itself, or a format that is JSON, too (RFC 6839)."""
    return kind == "application/json" or (
        kind.startswith("application/") and kind.endswith("+json")
    )


class DescribedApp(FastAPI):
    """An app whose OpenAPI document says of each route with a body that it refuses other kinds."""

    def openapi(self) -> dict[str, Any]:
        """The document, made once."""
        is_new = self.openapi_schema is None
        document = super().openapi()
        if is_new:
            [(status, refusal)] = problems.responses(UnsupportedMediaType.status).items()
            for route in (one for path in document["paths"].values() for one in path.values()):
                kinds = route.get("requestBody", {}).get("content", {})
                if any(kind in _FORMS or _is_json(kind) for kind in kinds):
                    route["responses"].setdefault(str(status), refusal)
        return document
