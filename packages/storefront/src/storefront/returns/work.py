"""The jobs of returns: e-mails, abandoned payments, parcels that were never sent."""

from storefront.jobs.service import Taken
from storefront.jobs.worker import Handler
from storefront.mail.work import MailWork
from storefront.orders import queries as orders
from storefront.orders.returning import ReplacementSent
from storefront.returns import mails, queries, requests, service
from storefront.returns.rules import Terms
from storefront.texts import language_of, speaking


class Work(MailWork):
    """The jobs of returns."""

    def handlers(self) -> dict[str, Handler]:
        """The handlers of this feature's kinds of job."""
        return {
            service.MAIL_JOB: self._mail,
            requests.SETTLE_JOB: self._settle,
            requests.LAPSE_JOB: self._lapse,
        }

    async def _mail(self, job: Taken) -> None:
        """Send the e-mail about the state of a return."""
        kind = job.key.split()[1]
        async with self.database.reads() as session:
            found = await queries.one(session, str(job.payload["number"]))
            order = await orders.order(session, found.order_number)
        with speaking(language_of(found.language, self.settings.locale)):
            mail = mails.mail_of(
                order,
                found,
                kind,
                key=f"{job.kind} {job.key}",
                settings=self.settings,
                signer=self.signer,
            )
        await self.outbox.send(mail)

    async def _settle(self, job: Taken) -> None:
        """Find out whether the difference of an exchange was paid."""
        async with self.database.writes() as session:
            await service.settle(session, str(job.payload["number"]), Terms.of(self.settings))

    async def _lapse(self, job: Taken) -> None:
        """End a return that was never sent; one whose replacement was shipped waits for staff."""
        try:
            async with self.database.writes() as session:
                await service.lapse(session, str(job.payload["number"]))
        except ReplacementSent:
            return
