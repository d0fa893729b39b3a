"""The jobs of orders: e-mails, refunds, cancelled payments. No transaction waits for a network."""

import re
from dataclasses import dataclass

from storefront.jobs.service import Taken
from storefront.jobs.worker import Handler
from storefront.mail.work import MailWork
from storefront.orders import changes, lifecycle, mails, queries, service
from storefront.payments import service as payments
from storefront.payments.provider import PaymentProvider, RefundRefused
from storefront.texts import language_of, speaking


@dataclass(frozen=True, slots=True)
class Work(MailWork):
    """The jobs of orders."""

    provider: PaymentProvider

    def handlers(self) -> dict[str, Handler]:
        """The handlers of this feature's kinds of job."""
        return {
            service.CONFIRMATION_JOB: self._confirm,
            changes.MAIL_JOB: self._mail,
            payments.REFUND_JOB: self._refund,
            payments.VOID_JOB: self._void,
        }

    async def _confirm(self, job: Taken) -> None:
        """Send the confirmation of an order."""
        await self._send(job, "placed", event_id=None)

    async def _mail(self, job: Taken) -> None:
        """Send the e-mail about an event of an order."""
        kind = job.key.split()[1]
        await self._send(job, kind, event_id=int(job.payload["event_id"]))

    async def _send(self, job: Taken, kind: str, *, event_id: int | None) -> None:
        async with self.database.reads() as session:
            order = await queries.order_by_id(session, int(job.payload["order_id"]))
        code = re.split("[-_]", order.locale or "")[0]
        with speaking(language_of(code, self.settings.locale)):
            mail = mails.mail_of(
                order,
                kind,
                event_id=event_id,
                key=f"{job.kind} {job.key}",
                settings=self.settings,
                signer=self.signer,
            )
        await self.outbox.send(mail)

    async def _refund(self, job: Taken) -> None:
        """Refund a payment, once for each key."""
        key = str(job.payload["key"])
        async with self.database.reads() as session:
            refund = await payments.refund_of(session, key)
        if refund is None or refund.state != "pending":
            return
        try:
            ref = await self.provider.refund(refund.provider_ref, refund.amount, key=key)
        except RefundRefused as problem:
            async with self.database.writes() as session:
                await lifecycle.fail_refund(session, key, problem.detail)
            return
        async with self.database.writes() as session:
            if await payments.finish_refund(session, key, ref):
                data = {"amount_minor": refund.amount.minor}
                await service.note(session, refund.order_id, "refund_made", actor="shop", data=data)

    async def _void(self, job: Taken) -> None:
        """Cancel the payment of a cancelled order; refund it if it was captured in the meantime."""
        key = str(job.payload["key"])
        async with self.database.writes() as session:
            payment = await payments.locked(session, key)
        if payment is None or payment.order_id is None:
            return
        outcome = await self.provider.status(key, payment.provider_ref)
        if outcome is None:
            return
        if outcome.state in ("authorized", "action_required"):
            outcome = await self.provider.cancel(outcome.provider_ref, key=f"{key}.void")
        async with self.database.writes() as session:
            payment = await payments.locked(session, key)
            assert payment is not None
            assert payment.order_id is not None
            await payments.record(session, payment, outcome)
            left = payment.amount - payment.refunded
            if outcome.state == "captured" and left:
                await payments.begin_refund(
                    session,
                    payment.id,
                    order_id=payment.order_id,
                    amount=left,
                    reason="cancelled",
                )
            else:
                await service.note_once(
                    session, payment.order_id, "payment_cancelled", actor="shop", data={}
                )
