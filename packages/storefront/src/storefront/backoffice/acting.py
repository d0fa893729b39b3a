"""Makes the changes of staff: once for each key, logged, and with the reason where one is refused."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import uuid4

from fastapi import Request, Response
from pydantic import BaseModel, Field

from storefront.backoffice import service
from storefront.backoffice.changes import Change, Edited
from storefront.db import Database
from storefront.errors import InvalidInput, StoreError
from storefront.idempotency.service import REPLAYED, KeyedRequest, MissingIdempotencyKey
from storefront.request_model import BIGGEST
from storefront.web.forms import Form, fields_of, whole

_MAX_QUANTITY = 1_000

Reason = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
"""Why staff do something, in words."""


@dataclass(frozen=True, slots=True)
class Made:
    """A change that was made, now or before. entity_id: of what is new or was changed."""

    entity_id: str
    is_first: bool


class Click(BaseModel):
    """A staff form. key: a hidden idempotency key; a form that is sent twice takes effect once."""

    key: Annotated[str, Field(min_length=1, max_length=64)]


async def act(request: Request, form: Form[Any], change: Change, *, actor: str) -> bool:
    """Make the change that a form asks for. Returns whether it is made, now or before.

    Where it is refused, nothing is changed, and the form says why: beside each field that is named.
    """
    assert form.data is not None
    fields = {f"#/{name}" for name in type(form.data).model_fields}
    try:
        await make(request, change, actor=actor, key=form.data.key, body=b"")
    except InvalidInput as problem:
        if fields >= problem.pointers:
            form.refuse_all(problem)
        else:
            form.refuse("", problem.detail)
        return False
    except StoreError as error:
        form.refuse("", error.detail)
        return False
    return True


async def click(request: Request, change: Change, *, actor: str, message: str) -> str:
    """Make the change that a button asks for. Returns the message, or why it was not made."""
    form = await Form.read(request, Click)
    if form.data is not None and await act(request, form, change, actor=actor):
        return message
    return form.errors.get("", "Please try again from this page.")


async def act_by_api(
    request: Request,
    response: Response,
    change: Change,
    *,
    actor: str,
    key: str | None,
    sent: bytes | None = None,
) -> str:
    """Make the change that a request to the API asks for; marks the answer where it was made before.

    Returns the id of what is new or was changed, of a repeated request too.
    sent: what the request asks for, where its body was a form that has been read.
    Raises MissingIdempotencyKey (400), KeyReused (422), and what the change raises.
    """
    if not key:
        raise MissingIdempotencyKey(
            "Send an Idempotency-Key: a new random value, the same for retries."
        )
    asked = await request.body() if sent is None else sent
    target = f"{request.method} {request.url.path}?{request.url.query}\0"
    made = await make(request, change, actor=actor, key=key, body=target.encode() + asked)
    if not made.is_first:
        response.headers[REPLAYED] = "true"
    return made.entity_id


async def make(
    request: Request, change: Change, *, actor: str, key: str, body: bytes = b""
) -> Made:
    """Make a change in a transaction of its own, and log it, the first time that it is asked for.

    Raises KeyReused (422), and what the change raises.
    """
    database: Database = request.state.database
    async with database.writes() as session:
        keyed = KeyedRequest(f"staff {actor} {change.name}", key, body)
        before = await service.made_before(session, keyed)
        if before is not None:
            return Made(before, is_first=False)
        logged = await change.make(session)
        edited = logged if isinstance(logged, Edited) else Edited(None, logged or {})
        entity_id = edited.entity_id or change.entity_id
        made = Made(edited.created or entity_id, is_first=True)
        await service.note_made(session, keyed, made.entity_id)
        if logged is None:
            return made
        await service.record(
            session,
            actor=actor,
            action=change.name,
            entity=change.entity,
            entity_id=entity_id,
            before=edited.before,
            after=edited.after,
        )
    return made


async def pieces_of(
    request: Request, name: str, form: Form[Any], *, blank: int | None = None
) -> dict[int, int]:
    """Quantities by line, from fields such as ``ship-12``; other values get an error each.

    blank: what an empty field counts as; None: its line is left out.
    """
    pieces = {}
    for field, typed in (await fields_of(request)).items():
        prefix, _, numbered = field.partition("-")
        line_id = whole(numbered, most=BIGGEST)
        if prefix != name or line_id is None or not isinstance(typed, str):
            continue
        form.values[field] = typed
        quantity = typed.strip() or ("" if blank is None else str(blank))
        if not quantity:
            continue
        count = whole(quantity, most=_MAX_QUANTITY)
        if count is None:
            form.refuse(field, f"Please enter a whole number up to {_MAX_QUANTITY:,}.")
            continue
        pieces[line_id] = count
    return pieces


def new_key() -> str:
    """A key for a new form."""
    return uuid4().hex
