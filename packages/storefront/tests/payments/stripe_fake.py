"""Stripe's HTTP API as its reference describes it, as far as the shop uses it.

Sessions are paid by calling ``pay``; a repeated idempotency key gets the first answer again, as
"Idempotent requests" says; webhooks are signed as "Verify webhook signatures manually" says.
"""

import hashlib
import hmac
import json
import time
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

SECRET_KEY = "sk_test_fake"
WEBHOOK_SECRET = "whsec_fake"


class FakeStripe:
    """Sessions, payment intents and refunds in memory."""

    def __init__(self) -> None:
        self.sessions: dict[str, dict[str, Any]] = {}
        self.intents: dict[str, dict[str, Any]] = {}
        self.refunds: list[dict[str, Any]] = []
        self._answers: dict[str, dict[str, Any]] = {}
        self.app = Starlette(
            routes=[
                Route("/v1/checkout/sessions", self.create_session, methods=["POST"]),
                Route("/v1/checkout/sessions/{ref}", self.retrieve_session),
                Route("/v1/checkout/sessions/{ref}/expire", self.expire, methods=["POST"]),
                Route("/v1/payment_intents/{ref}/capture", self.capture, methods=["POST"]),
                Route("/v1/payment_intents/{ref}/cancel", self.cancel, methods=["POST"]),
                Route("/v1/refunds", self.refund, methods=["POST"]),
            ]
        )

    async def create_session(self, request: Request) -> Response:
        form = await request.form()

        def create() -> dict[str, Any]:
            ref = f"cs_test_{len(self.sessions) + 1}"
            prefix = "line_items[0][price_data]"
            self.sessions[ref] = {
                "id": ref,
                "object": "checkout.session",
                "status": "open",
                "payment_intent": None,
                "amount_total": int(str(form[f"{prefix}[unit_amount]"])),
                "currency": form[f"{prefix}[currency]"],
                "url": f"https://checkout.stripe.com/c/pay/{ref}",
                "metadata": {"key": form["metadata[key]"]},
                "capture_method": form["payment_intent_data[capture_method]"],
            }
            return self.sessions[ref]

        return self._once(request, create)

    async def retrieve_session(self, request: Request) -> Response:
        session = self.sessions[request.path_params["ref"]]
        if request.query_params.get("expand[0]") == "payment_intent" and session["payment_intent"]:
            session = session | {"payment_intent": self.intents[session["payment_intent"]]}
        return JSONResponse(session)

    async def expire(self, request: Request) -> Response:
        session = self.sessions[request.path_params["ref"]]
        session["status"] = "expired"
        return JSONResponse(session)

    async def capture(self, request: Request) -> Response:
        intent = self.intents[request.path_params["ref"]]

        def capture() -> dict[str, Any]:
            assert intent["status"] == "requires_capture"
            intent["status"] = "succeeded"
            return intent

        return self._once(request, capture)

    async def cancel(self, request: Request) -> Response:
        intent = self.intents[request.path_params["ref"]]
        intent["status"] = "canceled"
        return JSONResponse(intent)

    async def refund(self, request: Request) -> Response:
        form = await request.form()

        def refund() -> dict[str, Any]:
            made = {
                "id": f"re_{len(self.refunds) + 1}",
                "object": "refund",
                "amount": int(str(form["amount"])),
                "status": "succeeded",
                "failure_reason": None,
                "metadata": {"key": form["metadata[key]"]},
            }
            self.refunds.append(made)
            return made

        intent = self.intents[str(form["payment_intent"])]
        back = sum(one["amount"] for one in self.refunds) + int(str(form["amount"]))
        if back > intent["amount"] and request.headers["idempotency-key"] not in self._answers:
            message = "Refund amount is greater than unrefunded amount on charge"
            error = {"type": "invalid_request_error", "message": message}
            return JSONResponse({"error": error}, 400)
        return self._once(request, refund)

    def pay(self, ref: str) -> None:
        """The shopper pays on Stripe's page."""
        session = self.sessions[ref]
        intent = f"pi_{ref}"
        self.intents[intent] = {
            "id": intent,
            "object": "payment_intent",
            "status": "requires_capture",
            "amount": session["amount_total"],
        }
        session |= {"status": "complete", "payment_intent": intent, "url": None}

    def fail_refund(self, number: int) -> tuple[dict[str, str], bytes]:
        """A bank gives a refund back. Returns headers and body of the report."""
        refund = self.refunds[number] | {
            "status": "failed",
            "failure_reason": "expired_or_canceled_card",
        }
        return self._report(f"evt_{refund['id']}", "refund.failed", refund)

    def webhook(self, ref: str, *, secret: str = WEBHOOK_SECRET) -> tuple[dict[str, str], bytes]:
        """Headers and body of the report that a session was completed."""
        return self._report(
            f"evt_{ref}", "checkout.session.completed", self.sessions[ref], secret=secret
        )

    def _report(
        self, event_id: str, kind: str, about: dict[str, Any], *, secret: str = WEBHOOK_SECRET
    ) -> tuple[dict[str, str], bytes]:
        event = {"id": event_id, "object": "event", "type": kind, "data": {"object": about}}
        body = json.dumps(event).encode()
        at = int(time.time())
        signed = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        return {"stripe-signature": f"t={at},v1={signed}"}, body

    def _once(self, request: Request, make: Any) -> Response:
        if request.headers.get("authorization") != f"Bearer {SECRET_KEY}":
            return JSONResponse({"error": {"message": "Invalid API Key"}}, 401)
        key = request.headers["idempotency-key"]
        if key not in self._answers:
            self._answers[key] = dict(make())
        return JSONResponse(self._answers[key])
