"""The jobs of reviews: some days after a delivery, ask the customer what they think of it.

A trigger on shipments (migration 0020) enqueues the first job when a parcel arrives. That one enqueues
the second for the day on which to ask, and the second sends one e-mail for each order, to customers who
agreed to be asked and have not written yet.
"""

import re
from datetime import UTC, datetime, timedelta

from storefront.customers import queries as customers
from storefront.customers.queries import CustomerRow
from storefront.customers.service import REVIEW_REQUESTS
from storefront.errors import NotFound
from storefront.jobs import service as jobs
from storefront.jobs.service import Taken
from storefront.jobs.worker import GiveUpError, Handler
from storefront.mail.outbox import Mail
from storefront.mail.work import MailWork
from storefront.orders import links as order_links
from storefront.orders import queries as orders
from storefront.orders.shapes import Order
from storefront.reviews import links, queries
from storefront.reviews.shapes import BoughtLine
from storefront.texts import _, language_of, localized, speaking
from storefront.web import render

DELIVERED_JOB = "reviews.delivered"
REQUEST_JOB = "reviews.request"
_TOO_LATE = timedelta(days=60)


class Work(MailWork):
    """The jobs of reviews."""

    def handlers(self) -> dict[str, Handler]:
        """The handlers of this feature's kinds of job."""
        return {DELIVERED_JOB: self._plan, REQUEST_JOB: self._ask}

    async def _plan(self, job: Taken) -> None:
        """Enqueue the e-mail for the day of the setting; not for what arrived long ago."""
        wait = timedelta(days=self.settings.review_request_days)
        if not wait:
            return
        order_id = int(job.payload["order_id"])
        async with self.database.reads() as session:
            found = await queries.unreviewed(session, order_id)
        arrived = [line.delivered_at for line in found if line.delivered_at is not None]
        if not arrived or datetime.now(UTC) - max(arrived) > _TOO_LATE:
            return
        due_in = max(timedelta(), max(arrived) + wait - datetime.now(UTC))
        async with self.database.writes() as writing:
            await jobs.enqueue(
                writing, REQUEST_JOB, str(order_id), {"order_id": order_id}, due_in=due_in
            )

    async def _ask(self, job: Taken) -> None:
        """Send the e-mail, if the customer still agrees and there is something to review."""
        if not self.settings.review_request_days:
            return
        order_id = int(job.payload["order_id"])
        async with self.database.reads() as session:
            try:
                order = await orders.order_by_id(session, order_id)
            except NotFound as error:
                raise GiveUpError("The order is gone.") from error
            if order.customer_id is None:
                return
            consents = await customers.consents(session, order.customer_id)
            if REVIEW_REQUESTS not in consents or not consents[REVIEW_REQUESTS].is_granted:
                return
            try:
                who = await customers.customer(session, order.customer_id)
            except NotFound:
                return
            lines = await queries.unreviewed(session, order_id)
        if lines:
            await self.outbox.send(self._mail(order, who, lines, key=f"{job.kind} {job.key}"))

    def _mail(self, order: Order, who: CustomerRow, lines: list[BoughtLine], *, key: str) -> Mail:
        code = re.split("[-_]", order.locale or "")[0]
        with speaking(language_of(code, self.settings.locale)):
            subject = _("How do you like it?")
            order_key = order_links.key_of(self.signer, order.number)
            stop_url = links.stop_url(self.settings, self.signer, who.id)
            context = {
                "subject": subject,
                "settings": self.settings,
                "order": order,
                "lines": [(line, self._url(line, order_key)) for line in lines],
                "stop_url": stop_url,
            }
            return Mail(
                to=who.email,
                subject=f"{subject} · {self.settings.name}",
                text=render.text_of("reviews/mail_request.txt", **context),
                html=render.text_of("reviews/mail_request.html", **context),
                key=key,
                stop_url=stop_url,
            )

    def _url(self, line: BoughtLine, order_key: str) -> str:
        path = localized(f"/orders/{line.number}/lines/{line.sku}/review")
        return self.settings.public_url + path + render.query_string([("key", order_key)])
