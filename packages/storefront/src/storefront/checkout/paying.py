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
from storefront.checkout.placing import Confirmed
from storefront.checkout.repetitions import UNKEYED, Repetitions
from storefront.checkout.results import ConfirmationNeeded, Failed, Placed, Result
from storefront.db import Database, WriteSession
from storefront.idempotency import service as idempotency
from storefront.idempotency.service import (
    REPLAYED,
    KeyedRequest,
    MissingIdempotencyKey,
    StoredResponse,
)
from storefront.payments.provider import PaymentProvider
from storefront.settings import Settings
from storefront.transactions import repeated
from storefront.web import problems

log = logging.getLogger(__name__)

_T = TypeVar("_T")
_in_progress: set[asyncio.Task[Any]] = set()  # the event loop only has weak references to tasks


@dataclass(frozen=True, slots=True)
class Paying:
    """A request to pay. key: its idempotency key; confirmed: the amounts that were shown."""

    token: UUID
    owner: Owner
    key: str | None
    payment_token: str
    confirmed: Confirmed

    def keyed(self) -> KeyedRequest:
        """This as an idempotent request. Raises MissingIdempotencyKey (400)."""
        if not self.key:
            raise MissingIdempotencyKey(
                "Send an Idempotency-Key with the payment: a new random value, the same for retries."
            )
        # Only a digest of the payment method is stored.
        confirmed = [self.confirmed.total, self.confirmed.to_pay]
        body = json.dumps([str(self.token), self.payment_token, *confirmed])
        return KeyedRequest(f"pay {self.token}", self.key, hashlib.sha256(body.encode()).digest())


class _Repetition(Exception):
    """The request was answered before."""

    def __init__(self, stored: StoredResponse) -> None:
        super().__init__(stored)
        self.stored = stored


class _OncePerKey:
    """A key takes effect once: it is claimed with the reservation, and its response stored with the
    order."""

    def __init__(self, request: Request, keyed: KeyedRequest) -> None:
        self._request, self._keyed = request, keyed
        self.answer: Response | None = None

    async def begin(self, session: WriteSession) -> None:
        """Claim the key. Raises _Repetition, KeyReused (422), KeyInFlight (409)."""
        stored = await idempotency.begin(session, self._keyed)
        if stored is not None:
            raise _Repetition(stored)

    async def finish(self, session: WriteSession, result: Result) -> None:
        """Store the response for requests with the same key."""
        self.answer = _answer(self._request, result)
        headers = {"content-type": self.answer.headers["content-type"]}
        stored = StoredResponse(self.answer.status_code, bytes(self.answer.body), headers)
        await idempotency.finish(session, self._keyed, stored)

    async def give_up(self) -> None:
        """Release the key for immediate reuse."""
        database: Database = self._request.state.database

        async def released() -> None:
            async with database.writes() as session:
                await idempotency.give_up(session, self._keyed)

        await repeated(released)


async def pay(request: Request, paying: Paying) -> Result:
    """Pay. The payment provider redirects the shopper back to the page ``confirm``."""
    return await to_its_end(_pay(request, paying, UNKEYED))


async def pay_once(request: Request, paying: Paying) -> Response:
    """Pay, and respond as the API does; a repeated key gets the first response.

    Requests rejected before anything is reserved or charged leave no trace: their key can be used
    again.
    """
    once = _OncePerKey(request, paying.keyed())
    try:
        result = await to_its_end(_pay(request, paying, once))
        return once.answer or _answer(request, result)
    except _Repetition as repetition:
        stored = repetition.stored
        headers = dict(stored.headers) | {REPLAYED: "true"}
        return Response(stored.body, stored.status, headers=headers)


async def _pay(request: Request, paying: Paying, repetitions: Repetitions) -> Result:
    settings: Settings = request.state.settings
    return await service.pay(
        request.state.database,
        request.state.payment_provider,
        paying.token,
        paying.owner,
        payment_token=paying.payment_token,
        confirmed=paying.confirmed,
        currency=settings.currency,
        return_url=f"{settings.public_url}/checkout/{paying.token}/confirm",
        repetitions=repetitions,
    )


async def to_its_end(work: Coroutine[Any, Any, _T]) -> _T:
    """Wait for this. If the waiter is cancelled, it continues, and a retry finds the result.

    A request is cancelled at its deadline. A payment must not be: the shopper would wait until it is
    settled, a minute later.
    """
    task = asyncio.create_task(work, name="payment")
    _in_progress.add(task)
    task.add_done_callback(_note_end)
    return await asyncio.shield(task)


def provider_of(request: Request) -> PaymentProvider:
    """The configured payment provider."""
    provider: PaymentProvider = request.state.payment_provider
    return provider


def _note_end(task: asyncio.Task[Any]) -> None:
    _in_progress.discard(task)
    if not task.cancelled() and task.exception() is not None:
        log.debug("A payment ended with %r", task.exception())


def _answer(request: Request, result: Result) -> Response:
    if isinstance(result, Failed):
        return problems.problem_of(request, result.problem)
    if isinstance(result, ConfirmationNeeded):
        return JSONResponse(
            {"status": "confirmation_needed", "redirect_url": result.redirect_url}, 202
        )
    assert isinstance(result, Placed)
    return JSONResponse({"status": "placed", "order_number": result.number}, 201)
