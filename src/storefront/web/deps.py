"""What routes ask for: a session in a transaction that ends before the answer leaves."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from storefront.db import Database, ReadSession, WriteSession


async def read_session(request: Request) -> AsyncIterator[ReadSession]:
    """A read-only session for one request."""
    database: Database = request.state.database
    async with database.reads() as session:
        yield session


async def write_session(request: Request) -> AsyncIterator[WriteSession]:
    """A writing session for one request: committed when the route returns, undone when it raises."""
    database: Database = request.state.database
    async with database.writes() as session:
        yield session


# scope="function": the transaction ends when the route returns, before the answer is sent. Without it,
# FastAPI from 0.118 on sends the answer first, and a failed commit has been answered with 200
# (docs/decisions/0003; FastAPI docs, "Dependencies with yield").
Reads = Annotated[ReadSession, Depends(read_session, scope="function")]
Writes = Annotated[WriteSession, Depends(write_session, scope="function")]
