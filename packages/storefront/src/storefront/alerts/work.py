"""The jobs of alerts: the e-mail that asks to confirm, the one that reports it, prices that are reached.

Alerts on saved searches have their own jobs (``saved_searches/work.py``).
"""

from dataclasses import dataclass
from typing import Any

from storefront.alerts import links, queries, service
from storefront.alerts.queries import Alert
from storefront.catalog import queries as catalog
from storefront.catalog.queries import ProductCard, SkuOffer
from storefront.inventory import queries as inventory
from storefront.jobs.service import Taken
from storefront.jobs.worker import Handler
from storefront.mail.outbox import Mail
from storefront.mail.work import MailWork
from storefront.texts import _, language_of, localized, speaking
from storefront.web import render


@dataclass(frozen=True, slots=True)
class Subject:
    """What an alert is about, as it is now. offer, left: of a size; card: None once it is not sold."""

    card: ProductCard | None = None
    offer: SkuOffer | None = None
    left: int = 0


class Work(MailWork):
    """The jobs of alerts."""

    def handlers(self) -> dict[str, Handler]:
        """The handlers of this feature's kinds of job."""
        return {
            service.CONFIRM_JOB: self._ask_to_confirm,
            service.BACK_JOB: self._say_it_is_back,
            service.PRICE_JOB: self._say_the_price,
            service.TURN_JOB: self._turn,
        }

    async def _ask_to_confirm(self, job: Taken) -> None:
        """Ask the owner of the address whether it was they who asked."""
        alert, about = await self._look(job)
        if alert is None or alert.confirmed_at is not None or alert.ended_at is not None:
            return
        if alert.saved_search_id is None and about.card is None:
            return  # it is no longer sold
        with speaking(language_of(alert.language, self.settings.locale)):
            subject = {
                "stock": _("Shall we tell you when it is back?"),
                "price": _("Shall we tell you when it costs less?"),
                "search": _("Shall we tell you what is new?"),
            }[alert.kind]
            await self._send(alert, about, "confirm", subject, key=f"{job.kind} {job.key}")

    async def _say_it_is_back(self, job: Taken) -> None:
        """Say it once, while it is true; where the size is gone again, wait for the next time."""
        alert, about = await self._look(job)
        if alert is None or not alert.is_due:
            return
        if about.offer is None or not (about.left and about.offer.is_offered):
            await self._wait(alert, job)
            return
        with speaking(language_of(alert.language, self.settings.locale)):
            subject = _("Back in your size: %(name)s", name=about.offer.card.name)
            await self._send(alert, about, "back", subject, key=f"alert {alert.id}")
        await self._note_sent(alert)

    async def _say_the_price(self, job: Taken) -> None:
        """Say it once, while it costs no more; where it costs more again, wait for the next time."""
        alert, about = await self._look(job)
        if alert is None or not alert.is_due or alert.at_most is None:
            return
        if about.card is None or about.card.price > alert.at_most:
            await self._wait(alert, job)
            return
        with speaking(language_of(alert.language, self.settings.locale)):
            price = about.card.price.format(
                language_of(alert.language, self.settings.locale).locale
            )
            subject = _("Now %(price)s: %(name)s", price=price, name=about.card.name)
            await self._send(alert, about, "price", subject, key=f"alert {alert.id}")
        await self._note_sent(alert)

    async def _turn(self, job: Taken) -> None:
        async with self.database.writes() as session:
            await service.enqueue_for_price(session, int(job.payload["product_id"]), job_id=job.id)

    async def _look(self, job: Taken) -> tuple[Alert | None, Subject]:
        """The alert and what it is about; None where its owner had it deleted."""
        async with self.database.reads() as session:
            found = await queries.alerts(session, [int(job.payload["alert_id"])])
            if not found:
                return None, Subject()
            [alert] = found
            if alert.product_id is not None:
                cards = await catalog.cards_of(session, [alert.product_id])
                return alert, Subject(cards.get(alert.product_id))
            if alert.sku_id is None:
                return alert, Subject()
            offer = (await catalog.sku_offers(session, [alert.sku_id])).get(alert.sku_id)
            left = (await inventory.available(session, [alert.sku_id])).get(alert.sku_id, 0)
        return alert, Subject(offer.card if offer else None, offer, left)

    async def _wait(self, alert: Alert, job: Taken) -> None:
        async with self.database.writes() as session:
            await service.wait_for_next_time(session, alert, job_id=job.id)

    async def _note_sent(self, alert: Alert) -> None:
        async with self.database.writes() as session:
            await service.mark_sent(session, alert.id)

    async def _send(
        self, alert: Alert, about: Subject, template: str, subject: str, *, key: str
    ) -> None:
        """key: the same for the same e-mail, however often it is sent."""

        def link(what: str) -> str:
            return links.url_of(self.settings, self.signer, [alert.id], what)

        context: dict[str, Any] = {
            "subject": subject,
            "settings": self.settings,
            "alert": alert,
            "card": about.card,
            "offer": about.offer,
            "confirm_url": link("confirm"),
            "stop_url": link("stop"),
            "again_url": link("again"),
        }
        if about.card is not None:
            address = localized(f"/p/{about.card.slug}")
            context["product_url"] = self.settings.public_url + address
        await self.outbox.send(
            Mail(
                to=alert.email,
                subject=f"{subject} · {self.settings.name}",
                text=render.text_of(f"alerts/mail_{template}.txt", **context),
                html=render.text_of(f"alerts/mail_{template}.html", **context),
                key=key,
                stop_url=link("stop"),
            )
        )
