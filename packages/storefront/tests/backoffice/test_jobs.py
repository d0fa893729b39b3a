"""Staff see what was given up, and have it tried again."""

import asyncio
from collections.abc import Iterator

import httpx
import pytest

from lakepass.emulator import Emulator
from packages.storefront.tests.conftest import environment, running_shop
from storefront.db import Database
from storefront.jobs import service
from storefront.settings import Settings
from tests.databases import Databases

STAFF = {"X-Forwarded-Email": "tailor@example.com"}


@pytest.fixture
def web(
    emulator: Emulator, databases: Databases, template_database: str, settings: Settings
) -> Iterator[httpx.Client]:
    """The shop as staff see it, with one job that was given up and one of a kind nobody does here."""
    known = settings.model_copy(
        update={"behind_proxy": True, "staff": frozenset({"tailor@example.com"})}
    )

    async def give_up() -> None:
        database = Database(known)
        async with database.writes() as session:
            await service.enqueue(session, "demo.letter", "<7>", {"name": "Ada"})
            await service.enqueue(session, "demo.parcel", "8", {})
            [job] = await service.take(session, ["demo.letter"], most=1)
            await service.fail(session, job, "OSError: <no> route", is_final=True)
        await database.aclose()

    name = databases.create(template=template_database)
    with environment(emulator, name):
        asyncio.run(give_up())
    with (
        running_shop(known, emulator, name) as server,
        httpx.Client(base_url=server.url, timeout=60, headers=STAFF, verify=False) as client,
    ):
        yield client


def test_a_job_that_was_given_up_is_shown_and_retried(web: httpx.Client) -> None:
    page = web.get("/admin/jobs")
    assert page.status_code == 200
    assert "OSError: &lt;no&gt; route" in page.text
    assert "&lt;7&gt;" in page.text
    assert "Ada" not in page.text  # payloads may name people
    assert "demo.parcel" in page.text

    retried = web.post("/admin/jobs/1/retry", headers={"Sec-Fetch-Site": "same-origin"})
    assert (retried.status_code, retried.headers["location"]) == (303, "/admin/jobs")
    after = web.get("/admin/jobs")
    assert '<p class="flash" role="status">Job 1 will be retried now.</p>' in after.text
    assert "No job was given up." in after.text
    assert "will be retried" not in web.get("/admin/jobs").text  # said once


def test_a_job_that_was_not_given_up_is_a_conflict(web: httpx.Client) -> None:
    for number in (2, 99):
        answer = web.post(f"/admin/jobs/{number}/retry")
        assert answer.status_code == 409
        assert "not among those that were given up" in answer.text


def test_only_staff_and_only_from_our_pages(web: httpx.Client) -> None:
    elsewhere = web.post("/admin/jobs/1/retry", headers={"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status_code == 403
    for method, path in (("GET", "/admin/jobs"), ("POST", "/admin/jobs/1/retry")):
        answer = web.request(method, path, headers={"X-Forwarded-Email": "shopper@example.com"})
        assert answer.status_code == 403
    assert "demo.letter" in web.get("/admin/jobs").text
