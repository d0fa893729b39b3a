"""The jobs of alerts on saved searches: once a day look what is new, then one e-mail to each person.

Looking writes what it found and enqueues the e-mail in one transaction for each person; the e-mail's job
only sends. So a process that dies in between leaves neither an e-mail out nor two different ones.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from storefront.alerts import links
from storefront.alerts import queries as alert_queries
from storefront.alerts import service as alerts
from storefront.alerts.queries import Alert
from storefront.jobs.service import Taken
from storefront.jobs.worker import Handler
from storefront.mail.outbox import Mail
from storefront.mail.work import MailWork
from storefront.saved_searches import queries, service
from storefront.saved_searches.queries import SavedSearch
from storefront.saved_searches.reading import query_of
from storefront.search.engine import Search
from storefront.search.read_model.store import ReadModel
from storefront.texts import _n, language_of, localized, speaking
from storefront.web import render


@dataclass(frozen=True, slots=True)
class Work(MailWork):
    """The jobs of saved searches."""

    read_model: ReadModel
    search: Search

    def handlers(self) -> dict[str, Handler]:
        """The handlers of this feature's kinds of job."""
        return {alerts.LOOK_JOB: self._look, alerts.NEWS_JOB: self._send_news}

    async def _look(self, job: Taken) -> None:
        """Look at every search that an alert is on, and have the next look planned before."""
        day = date.fromisoformat(job.payload["day"])
        async with self.database.writes() as session:
            await alerts.plan_look(session, datetime.now(UTC), after=day)
        async with self.database.reads() as session:
            on = await alert_queries.confirmed_on_searches(session)
        by_person: dict[str, list[Alert]] = defaultdict(list)
        for alert in on:
            by_person[alert.email].append(alert)
        for person in by_person.values():
            await self._look_for(person, day)

    async def _look_for(self, person: Sequence[Alert], day: date) -> None:
        searches = {one.id: one.saved_search_id for one in person if one.saved_search_id}
        async with self.database.reads() as session:
            found = await queries.by_id(session, sorted(set(searches.values())))
        matches = {
            search_id: await query_of(one.query_string).matches(self.search)
            for search_id, one in found.items()
        }
        async with self.database.writes() as session:
            await service.note_news(session, day, searches, matches)

    async def _send_news(self, job: Taken) -> None:
        """Send what was found, of the alerts that are still on and the products that are still sold."""
        news: dict[int, Mapping[str, Any]] = {one["alert_id"]: one for one in job.payload["news"]}
        async with self.database.reads() as session:
            on = [
                one
                for one in await alert_queries.alerts(session, sorted(news))
                if one.is_due and one.saved_search_id is not None
            ]
            searches = await queries.by_id(
                session, [one.saved_search_id for one in on if one.saved_search_id]
            )
        product_ids = [number for one in on for number in news[one.id]["product_ids"]]
        cards = await self.read_model.cards(product_ids)
        parts = []
        for alert in on:
            search = searches.get(alert.saved_search_id or 0)
            shown = [cards[number] for number in news[alert.id]["product_ids"] if number in cards]
            if search is not None and shown:
                parts.append(
                    (alert, search, [json.loads(one) for one in shown], news[alert.id]["count"])
                )
        if parts:
            await self.outbox.send(self._mail(parts, key=f"{job.kind} {job.key}"))

    def _mail(
        self, parts: Sequence[tuple[Alert, SavedSearch, list[Any], int]], *, key: str
    ) -> Mail:
        first = parts[0][0]
        with speaking(language_of(first.language, self.settings.locale)):
            count = sum(number for _alert, _search, _cards, number in parts)
            subject = _n("%(num)s new piece for you", "%(num)s new pieces for you", count)

            def address(path: str) -> str:
                return self.settings.public_url + localized(path)

            def stop(alert_ids: Sequence[int]) -> str:
                return links.url_of(self.settings, self.signer, alert_ids, "stop")

            stop_url = stop([alert.id for alert, *_rest in parts])
            context = {
                "subject": subject,
                "settings": self.settings,
                "parts": [
                    (search.name, number, address(search.path), cards, stop([alert.id]))
                    for alert, search, cards, number in parts
                ],
                "address": address,
                "stop_url": stop_url,
            }
            return Mail(
                to=first.email,
                subject=f"{subject} · {self.settings.name}",
                text=render.text_of("saved_searches/mail_news.txt", **context),
                html=render.text_of("saved_searches/mail_news.html", **context),
                key=key,
                stop_url=stop_url,
            )
