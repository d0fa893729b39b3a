"""Makes the changes of staff: once for each key, logged, and with the reason where one is refused."""

from typing import Annotated, Any
from uuid import uuid4

from fastapi import Request, Response
from pydantic import BaseModel, Field

from storefront.backoffice import service
from storefront.backoffice.changes import Change
from storefront.db import Database
from storefront.errors import StoreError
from storefront.idempotency.service import REPLAYED, MissingIdempotencyKey
from storefront.web.forms import Form, fields_of

_MAX_QUANTITY = 1_000


class Click(BaseModel):
    """A staff form. key: a hidden idempotency key; a form that is sent twice takes effect once."""

    key: Annotated[str, Field(min_length=1, max_length=64)]


async def act(request: Request, form: Form[Any], change: Change, *, actor: str) -> bool:
    """Make the change that a form asks for. Returns whether it is made, now or before.

    Where it is refused, nothing is changed, and the form says why.
    """
    assert form.data is not None
    try:
        await _make(request, change, actor=actor, key=form.data.key, body=b"")
    except StoreError as error:
        form.refuse("", error.detail)
        return False
    return True


async def act_by_api(
    request: Request, response: Response, change: Change, *, actor: str, key: str | None
) -> None:
    """Make the change that a request to the API asks for; marks the answer where it was made before.

    Raises MissingIdempotencyKey (400), KeyReused (422), and what the change raises.
    """
    if not key:
        raise MissingIdempotencyKey(
            "Send an Idempotency-Key: a new random value, kept for retries."
        )
    body = change.entity_id.encode() + b"\0" + await request.body()
    if not await _make(request, change, actor=actor, key=key, body=body):
        response.headers[REPLAYED] = "true"


async def _make(request: Request, change: Change, *, actor: str, key: str, body: bytes) -> bool:
    """Make a change in a transaction of its own, and log it. Returns whether it is the first time."""
    database: Database = request.state.database
    async with database.writes() as session:
        is_first = await service.is_first(
            session, actor=actor, action=change.name, key=key, body=body
        )
        if is_first:
            after = await change.make(session)
            await service.record(
                session,
                actor=actor,
                action=change.name,
                entity=change.entity,
                entity_id=change.entity_id,
                after=after,
            )
    return is_first


async def pieces_of(
    request: Request, name: str, form: Form[Any], *, blank: int | None = None
) -> dict[int, int]:
    """Quantities by line, from fields such as ``ship-12``; other values get an error each.

    blank: what an empty field counts as; None: its line is left out.
    """
    pieces = {}
    for field, typed in (await fields_of(request)).items():
        prefix, _, line_id = field.partition("-")
        if prefix != name or not line_id.isdecimal() or not isinstance(typed, str):
            continue
        form.values[field] = typed
        quantity = typed.strip() or ("" if blank is None else str(blank))
        if not quantity:
            continue
        if not quantity.isdecimal() or int(quantity) > _MAX_QUANTITY:
            form.refuse(field, "Please enter a whole number.")
            continue
        pieces[int(line_id)] = int(quantity)
    return pieces


def new_key() -> str:
    """A key for a new form."""
    return uuid4().hex
