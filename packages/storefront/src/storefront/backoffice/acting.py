"""Does what a form of staff asks for: once, logged, and with the reason where it is refused."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import uuid4

from fastapi import Request
from pydantic import BaseModel, Field

from storefront.backoffice import service
from storefront.db import Database, WriteSession
from storefront.errors import StoreError
from storefront.web.forms import Form

Logged = Mapping[str, Any]
"""What the audit log keeps of a change: what there is after it."""


class Click(BaseModel):
    """A form of staff. key: hidden in it; a form that is sent twice takes effect once."""

    key: Annotated[str, Field(min_length=1, max_length=64)]


@dataclass(frozen=True, slots=True)
class Action:
    """What is done to what. name: such as ``ship``; entity: such as ``order``; entity_id: its name."""

    actor: str
    name: str
    entity: str
    entity_id: str


async def act(
    request: Request,
    form: Form[Any],
    action: Action,
    change: Callable[[WriteSession], Awaitable[Logged]],
) -> bool:
    """Make a change in a transaction of its own, and log it. Returns whether it is made, now or before.

    Where it is refused, nothing is changed, and the form says why.
    """
    assert form.data is not None
    database: Database = request.state.database
    try:
        async with database.writes() as session:
            if await service.is_first(
                session, actor=action.actor, action=action.name, key=form.data.key
            ):
                after = await change(session)
                await service.record(
                    session,
                    actor=action.actor,
                    action=action.name,
                    entity=action.entity,
                    entity_id=action.entity_id,
                    after=after,
                )
    except StoreError as problem:
        form.refuse("", problem.detail)
        return False
    return True


def new_key() -> str:
    """A key for a form that is shown."""
    return uuid4().hex
