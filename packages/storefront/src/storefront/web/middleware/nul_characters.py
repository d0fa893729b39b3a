"""Refuses addresses with a NUL character, which Postgres cannot store: no address of ours has one."""

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from storefront.db_errors import NUL, InvalidText
from storefront.web import problems


class RefuseNulCharacters:
    """Answers 422 where the path or the query holds ``%00``. Bodies are refused where they are used."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 422."""
        if scope["type"] == "http" and (NUL in scope["path"] or b"%00" in scope["query_string"]):
            detail = "The address contains a NUL character (%00). Remove it."
            response = problems.problem_of(Request(scope), InvalidText(detail, errors=[]))
            await response(scope, receive, send)
            return
        await self._app(scope, receive, send)
