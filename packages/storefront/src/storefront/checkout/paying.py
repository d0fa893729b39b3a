"""Paying over HTTP, once for each idempotency key: for the API and for the pages."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from storefront.cart.service import Owner
from storefront.checkout import service
from storefront.checkout.results import (
    ConfirmationNeeded,
    Failed,
    PaymentInProgress,
    Placed,
    Result,
)
from storefront.db import Database
from storefront.errors import StoreError
from storefront.idempotency import service as idempotency
from storefront.idempotency.service import (
    REPLAYED,
    KeyedRequest,
    MissingIdempotencyKey,
    StoredAnswer,
)
from storefront.payments.provider import PaymentProvider
from storefront.settings import Settings
from storefront.web import problems

log = logging.getLogger(__name__)

_T = TypeVar("_T")
_under_way: set[asyncio.Task[Any]] = set()  # the event loop itself holds tasks only weakly


@dataclass(frozen=True, slots=True)
class Paying:
    """A request to pay. key: its idempotency key; confirmed_minor: the total that was shown."""

    token: UUID
    owner: Owner
    key: str | None
    payment_token: str
    confirmed_minor: int

    def keyed(self) -> KeyedRequest:
        """The same as a request that takes effect once. Raises MissingIdempotencyKey (400)."""
        if not self.key:
            raise MissingIdempotencyKey(
                "Send an Idempotency-Key with the payment: a new random value, kept for retries."
            )
        # Of the means of payment, only a digest is stored.
        body = json.dumps([str(self.token), self.payment_token, self.confirmed_minor])
        return KeyedRequest(f"pay {self.token}", self.key, hashlib.sha256(body.encode()).digest())


async def pay(request: Request, paying: Paying) -> Result:
    """Pay. The payment provider sends the shopper back to the page ``confirm``."""
    return await to_its_end(_pay(request, paying))


async def _pay(request: Request, paying: Paying) -> Result:
    settings: Settings = request.state.settings
    return await service.pay(
        request.state.database,
        request.state.payment_provider,
        paying.token,
        paying.owner,
        payment_token=paying.payment_token,
        confirmed_minor=paying.confirmed_minor,
        currency=settings.currency,
        return_url=f"{settings.public_url}/checkout/{paying.token}/confirm",
    )


async def pay_once(request: Request, paying: Paying) -> Response:
    """Pay, and answer as the API does; a repeated key gets the first answer, unless that was a 5xx."""
    database: Database = request.state.database
    keyed = paying.keyed()
    async with database.writes() as session:
        stored = await idempotency.begin(session, keyed)
    if stored is not None:
        return Response(
            stored.body, stored.status, headers=dict(stored.headers) | {REPLAYED: "true"}
        )
    return await to_its_end(_pay_and_keep(request, paying, keyed))


async def to_its_end(work: Coroutine[Any, Any, _T]) -> _T:
    """Wait for this. Where the one who waits is cancelled, it goes on: whoever asks again finds its end.

    A request is cancelled at its deadline. A payment must not be: the shopper would wait until it is
    settled, a minute later.
    """
    task = asyncio.create_task(work, name="payment")
    _under_way.add(task)
    task.add_done_callback(_note_end)
    return await asyncio.shield(task)


async def _pay_and_keep(request: Request, paying: Paying, keyed: KeyedRequest) -> Response:
    """Pay, and keep the answer for requests with the same key."""
    database: Database = request.state.database
    try:
        answer = _answer(await _pay(request, paying))
    except PaymentInProgress:
        await _give_up(database, keyed)  # it is over in a moment: then the key gets the order
        raise
    except StoreError as problem:
        answer = problems.problem_of(request, problem)
    except BaseException:
        await _give_up(database, keyed)
        raise
    if answer.status_code >= 500:
        await _give_up(database, keyed)
        return answer
    async with database.writes() as session:
        await idempotency.finish(
            session,
            keyed,
            StoredAnswer(
                answer.status_code,
                bytes(answer.body),
                {"content-type": answer.headers["content-type"]},
            ),
        )
    return answer


def provider_of(request: Request) -> PaymentProvider:
    """The payment provider that the shop is set up for."""
    provider: PaymentProvider = request.state.payment_provider
    return provider


def _note_end(task: asyncio.Task[Any]) -> None:
    _under_way.discard(task)
    if not task.cancelled() and task.exception() is not None:
        log.debug("A payment ended with %r", task.exception())


async def _give_up(database: Database, keyed: KeyedRequest) -> None:
    async with database.writes() as session:
        await idempotency.give_up(session, keyed)


def _answer(result: Result) -> Response:
    if isinstance(result, Failed):
        raise result.problem
    if isinstance(result, ConfirmationNeeded):
        return JSONResponse(
            {"status": "confirmation_needed", "redirect_url": result.redirect_url}, 202
        )
    assert isinstance(result, Placed)
    return JSONResponse({"status": "placed", "order_number": result.number}, 201)
