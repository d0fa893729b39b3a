"""Which compression a client accepts, reduced to what the shop offers: gzip or none."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

_NAME = b"accept-encoding"


class AcceptedEncoding:
    """Replaces Accept-Encoding by ``gzip`` or ``identity``, with quality values taken into account.

    Starlette compresses wherever the header contains the word, ``gzip;q=0`` ("not gzip") included. Two
    values also mean that the response cache stores two forms of a response, not one for each browser.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with the reduced header."""
        if scope["type"] == "http":
            accepted = ",".join(Headers(scope=scope).getlist("accept-encoding"))
            encoding = b"gzip" if accepts_gzip(accepted) else b"identity"
            others = [header for header in scope["headers"] if header[0] != _NAME]
            scope["headers"] = [*others, (_NAME, encoding)]
        await self._app(scope, receive, send)


def accepts_gzip(header: str) -> bool:
    """Whether an Accept-Encoding header allows gzip (RFC 9110, 12.5.3)."""
    qualities = dict(map(_quality, header.lower().split(",")))
    return qualities.get("gzip", qualities.get("x-gzip", qualities.get("*", 0.0))) > 0


def _quality(coding: str) -> tuple[str, float]:
    """``gzip;q=0.5`` as name and quality; a quality that is not a number counts as 0."""
    name, *parameters = (part.strip() for part in coding.split(";"))
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                return name, float(value)
            except ValueError:
                return name, 0.0
    return name, 1.0
