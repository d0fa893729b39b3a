"""The jobs of stock alerts: the e-mail that asks to confirm, and the one that says it is back."""

from dataclasses import dataclass

from storefront.alerts import links, queries, service
from storefront.alerts.queries import Alert
from storefront.catalog import queries as catalog
from storefront.catalog.queries import SkuOffer
from storefront.db import Database
from storefront.errors import NotFound
from storefront.inventory import queries as inventory
from storefront.jobs.service import Taken
from storefront.jobs.worker import GiveUpError, Handler
from storefront.mail.outbox import Mail, Outbox
from storefront.settings import Settings
from storefront.texts import _, language_of, localized, speaking
from storefront.web import render
from storefront.web.signing import Signer


@dataclass(frozen=True, slots=True)
class Work:
    """What the jobs need."""

    database: Database
    outbox: Outbox
    settings: Settings
    signer: Signer

    def handlers(self) -> dict[str, Handler]:
        """What each kind of job of this feature does."""
        return {service.CONFIRM_JOB: self._ask_to_confirm, service.BACK_JOB: self._say_it_is_back}

    async def _ask_to_confirm(self, job: Taken) -> None:
        """Ask the owner of the address whether it was they who asked."""
        alert, offer, _left = await self._look(job)
        if alert.confirmed_at is None and alert.ended_at is None:
            await self.outbox.send(self._mail(alert, offer, "confirm", key=f"{job.kind} {job.key}"))

    async def _say_it_is_back(self, job: Taken) -> None:
        """Say it once, while it is true; where the size is gone again, wait for the next time."""
        alert, offer, left = await self._look(job)
        if not alert.is_due:
            return
        if not (left and offer.is_offered):
            async with self.database.writes() as session:
                await service.wait_again(session, alert, job_id=job.id)
            return
        await self.outbox.send(self._mail(alert, offer, "back", key=f"alert {alert.id}"))
        async with self.database.writes() as session:
            await service.sent(session, alert.id)

    async def _look(self, job: Taken) -> tuple[Alert, SkuOffer, int]:
        """The alert, what it is about, and how many pieces can be sold."""
        async with self.database.reads() as session:
            try:
                alert = await queries.alert(session, int(job.payload["alert_id"]))
            except NotFound as error:
                raise GiveUpError("The alert was deleted.") from error
            offers = await catalog.sku_offers(session, [alert.sku_id])
            if alert.sku_id not in offers:
                raise GiveUpError("The product is no longer sold.")
            left = (await inventory.available(session, [alert.sku_id])).get(alert.sku_id, 0)
        return alert, offers[alert.sku_id], left

    def _mail(self, alert: Alert, offer: SkuOffer, kind: str, *, key: str) -> Mail:
        with speaking(language_of(alert.language, self.settings.locale)):
            subject = _("Back in your size: %(name)s", name=offer.card.name)
            if kind == "confirm":
                subject = _("Shall we tell you when it is back?")
            stop_url = links.url_of(self.settings, self.signer, alert.id, "stop")
            context = {
                "subject": subject,
                "settings": self.settings,
                "offer": offer,
                "product_url": self.settings.public_url + localized(f"/p/{offer.card.slug}"),
                "confirm_url": links.url_of(self.settings, self.signer, alert.id, "confirm"),
                "stop_url": stop_url,
            }
            return Mail(
                to=alert.email,
                subject=f"{subject} · {self.settings.name}",
                text=render.text_of(f"alerts/mail_{kind}.txt", **context),
                html=render.text_of(f"alerts/mail_{kind}.html", **context),
                key=key,
                stop_url=stop_url,
            )
