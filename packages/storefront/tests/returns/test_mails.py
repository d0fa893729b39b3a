"""The e-mails about a return, in the language in which it was requested, and the jobs that send them."""

import asyncio
from datetime import UTC, datetime
from functools import partial

import pytest

from packages.storefront.tests.orders.steps import RecordingOutbox
from storefront.jobs.worker import working
from storefront.mail.outbox import Mail
from storefront.pricing import queries as pricing
from storefront.returns import gift_cards, service
from storefront.returns.service import Verdict
from storefront.returns.work import Work
from storefront.settings import Settings
from storefront.texts import language_of, speaking
from storefront.web.signing import Signer

from .conftest import STAFF, Returning

SIGNER = Signer(["x" * 32])


async def mails_of(returning: Returning) -> list[Mail]:
    """The e-mails that wait, sent."""
    outbox = RecordingOutbox()
    work = Work(returning.shop.database, outbox, Settings(), SIGNER)
    waiting = "select id from shop.jobs where state = 'waiting' and kind = 'returns.mail'"
    async with working(returning.shop.database, work.handlers()):
        while await returning.shop.rows(waiting):  # noqa: ASYNC110 - the database tells
            await asyncio.sleep(0.05)
    return outbox.mails


@pytest.mark.parametrize("code", ["de", "ar"])
async def test_customers_hear_what_becomes_of_their_return(returning: Returning, code: str) -> None:
    with speaking(language_of(code, "en_US")):
        asked = await returning.request(await returning.wanted(1, "gift_card"))
        gone = await returning.request(await returning.wanted(1))
    first, second = await mails_of(returning)
    assert asked.number in first.subject + second.subject
    assert f"/returns/{gone.number}?key=" in first.text + second.text
    await returning.cancel(gone.number)
    [cancelled] = await mails_of(returning)
    assert gone.number in cancelled.subject
    found = await returning.get(asked.number)
    await returning.receive(asked.number, 1)
    await returning.inspect(asked.number, 1)
    async with returning.shop.database.writes() as session:
        await service.complete(
            session,
            asked.number,
            returning.terms,
            gift_card_code=partial(gift_cards.code_of, SIGNER),
            actor=STAFF,
        )
    [completed] = await mails_of(returning)
    words = {"de": "Wir erstatten", "ar": "نعيد إليك"}
    assert words[code] in completed.text
    card = gift_cards.code_of(SIGNER, asked.number)
    assert card in completed.text
    assert card in completed.html
    async with returning.shop.database.reads() as session:
        left = await pricing.gift_card_of(session, card, datetime.now(UTC))
    assert left.balance == found.lines[0].value


async def test_the_mail_says_which_pieces_were_not_accepted_and_why(returning: Returning) -> None:
    size, other, *_ = await returning.sizes()
    asked = await returning.request(
        await returning.wanted(1, "exchange", new_sku=size),
        await returning.wanted(1, "gift_card"),
        await returning.wanted(1, "exchange", new_sku=other, reason="quality"),
    )
    await mails_of(returning)
    found = await returning.get(asked.number)
    await returning.receive(asked.number, 1, 1, 1)
    verdicts = dict.fromkeys((line.id for line in found.lines[:2]), Verdict(1, "as_new", "restock"))
    async with returning.shop.database.writes() as session:
        await service.inspect(
            session, asked.number, verdicts, staff_note="The third has a stain.", actor=STAFF
        )
    await returning.complete(asked.number)
    [mail] = await mails_of(returning)
    for text in (mail.text, mail.html):
        assert text.count("0 accepted") == 1
        assert (
            "We do not refund or replace what we could not accept. The third has a stain." in text
        )
        assert f"The replacement is the order {found.replacement}." in text
        assert "until your bank shows it" not in text
    listed = [text for text in mail.text.splitlines() if text.startswith("  1 x ")]
    assert [text.endswith(": 0 accepted") for text in listed] == [False, False, True]


async def test_a_return_that_nobody_sent_ends_by_itself(returning: Returning) -> None:
    asked = await returning.request(await returning.wanted(1))
    await returning.shop.execute("update shop.jobs set due_at = now() where kind = 'returns.lapse'")
    work = Work(returning.shop.database, RecordingOutbox(), Settings(), SIGNER)
    async with working(returning.shop.database, work.handlers()):
        while (await returning.get(asked.number)).is_open:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert (await returning.get(asked.number)).state == "cancelled"
    await returning.balances()
