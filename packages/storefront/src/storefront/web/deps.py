"""Dependencies of routes: a session whose transaction ends before the response is sent; the caller."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from storefront.db import Database, ReadSession, WriteSession
from storefront.settings import Settings


async def read_session(request: Request) -> AsyncIterator[ReadSession]:
    """A read-only session for one request."""
    database: Database = request.state.database
    async with database.reads() as session:
        yield session


async def write_session(request: Request) -> AsyncIterator[WriteSession]:
    """A writing session for one request: committed when the route returns, else rolled back."""
    database: Database = request.state.database
    async with database.writes() as session:
        yield session


# scope="function": the transaction ends when the route returns, before the response is sent. Without it,
# FastAPI from 0.118 on sends the answer first, and a failed commit has been answered with 200
# (docs/decisions/0003; FastAPI docs, "Dependencies with yield").
Reads = Annotated[ReadSession, Depends(read_session, scope="function")]
Writes = Annotated[WriteSession, Depends(write_session, scope="function")]


def person(request: Request) -> str | None:
    """The caller's e-mail address, as the proxy passes it on; None where there is no proxy.

    Source: Databricks docs, "HTTP headers passed to Databricks apps". Without such a proxy the header
    would be whatever the client wrote into it.
    """
    settings: Settings = request.state.settings
    if not settings.behind_proxy:
        return None
    values = request.headers.getlist("x-forwarded-email")
    # If the header occurs twice, the client sent one of them.
    return values[0].strip().lower() or None if len(values) == 1 else None


def client_address(request: Request) -> str:
    """The network address of the caller, as the proxy reports it where there is one.

    Source of the header: Databricks docs, "HTTP headers passed to Databricks apps".
    """
    settings: Settings = request.state.settings
    reported = request.headers.getlist("x-real-ip") if settings.behind_proxy else []
    if len(reported) == 1:
        return reported[0].strip()
    return request.client.host if request.client else ""
