"""What staff see of the connection, who is let in, and that no secret is ever in it."""

import html
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from lakepass.emulator import Emulator
from packages.storefront.tests.conftest import Server, environment
from storefront.settings import Settings

STAFF = "tailor@example.com"
PATHS = ("/admin/connection", "/api/v1/admin/connection")


@pytest.fixture(scope="module")
def behind_a_proxy(
    emulator: Emulator, filled_database: str, settings: Settings
) -> Iterator[Server]:
    """The shop where a proxy vouches for people, one of whom is staff."""
    known = settings.model_copy(update={"behind_proxy": True, "staff": frozenset({STAFF})})
    with environment(emulator, filled_database), Server(known) as server:
        yield server


@pytest.fixture
async def client(behind_a_proxy: Server) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=behind_a_proxy.url, timeout=60, verify=False) as client:
        yield client


def as_person(address: str) -> dict[str, str]:
    return {"X-Forwarded-Email": address}


@pytest.mark.parametrize("path", PATHS)
async def test_staff_sees_how_the_database_is_reached_and_no_secret(
    client: httpx.AsyncClient, emulator: Emulator, path: str
) -> None:
    answer = await client.get(path, headers=as_person(STAFF.upper()))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-store"
    given = emulator.environment()
    for fact in (given["PGUSER"], given["LAKEBASE_ENDPOINT"], "database credential", "TLSv1.3"):
        assert fact in answer.text
    for secret in (given["DATABRICKS_CLIENT_SECRET"], "eyJ", "dapi"):
        assert secret not in answer.text


async def test_both_faces_tell_the_same_of_every_step(client: httpx.AsyncClient) -> None:
    page, api = [await client.get(path, headers=as_person(STAFF)) for path in PATHS]
    report = api.json()
    assert report["healthy"] is True
    assert [check["mark"] for check in report["checks"]].count("bad") == 0
    assert "The shop reaches its database" in page.text
    assert page.text.count("<h3>") == len(report["checks"])
    [target] = [check for check in report["checks"] if check["check"] == "target"]
    for evidence in target["evidence"]:
        assert html.escape(evidence, quote=False) in page.text


async def test_a_database_that_is_away_is_named_with_the_mend(
    client: httpx.AsyncClient, emulator: Emulator
) -> None:
    emulator.faults.stop_database()
    try:
        page, api = [await client.get(path, headers=as_person(STAFF)) for path in PATHS]
    finally:
        emulator.faults.start_database()
    assert (page.status_code, api.status_code) == (200, 200)
    root = api.json()["root_cause"]
    assert root["code"].startswith("LP-")
    assert f"Root cause · {root['code']}" in page.text
    assert html.escape(root["fix"], quote=False)[:40] in page.text


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "headers", [{}, as_person(""), as_person("shopper@example.com"), as_person(f"x{STAFF}")]
)
async def test_everybody_else_is_told_that_it_is_for_staff(
    client: httpx.AsyncClient, path: str, headers: dict[str, str]
) -> None:
    answer = await client.get(path, headers=headers)
    assert answer.status_code == 403
    assert "This is for staff" in answer.text
    assert "LAKEBASE" not in answer.text
    if path.startswith("/api"):
        assert answer.json()["type"].endswith("/problems/not-allowed")
    else:
        assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("order", [[STAFF, "shopper@example.com"], ["shopper@example.com", STAFF]])
async def test_an_address_that_is_given_twice_is_nobodys(
    client: httpx.AsyncClient, order: list[str]
) -> None:
    headers = [("X-Forwarded-Email", address) for address in order]
    assert (await client.get(PATHS[0], headers=headers)).status_code == 403


@pytest.mark.parametrize("path", PATHS)
async def test_without_a_proxy_the_header_is_what_anybody_could_write(
    shop: Server, path: str
) -> None:
    async with httpx.AsyncClient(base_url=shop.url, timeout=60, verify=False) as client:
        answer = await client.get(path, headers=as_person(STAFF))
    assert answer.status_code == 403
    assert "Sign in with the address of a member of staff." in answer.text


async def test_a_configuration_that_cannot_work_is_the_root_cause(
    emulator: Emulator, filled_database: str, settings: Settings
) -> None:
    known = settings.model_copy(update={"behind_proxy": True, "staff": frozenset({STAFF})})
    with environment(emulator, filled_database) as patch:
        patch.setenv("PGSSLMODE", "prefer")
        with Server(known) as server:
            async with httpx.AsyncClient(base_url=server.url, timeout=60, verify=False) as client:
                page, api = [await client.get(path, headers=as_person(STAFF)) for path in PATHS]
    assert (page.status_code, api.status_code) == (200, 200)
    assert "Root cause · LP-107" in page.text
    assert api.json()["root_cause"]["code"] == "LP-107"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", frozenset()),
        ("A@x.com", {"a@x.com"}),
        (" a@x.com, b@y.com ,", {"a@x.com", "b@y.com"}),
    ],
)
def test_staff_is_written_as_addresses_with_commas(
    monkeypatch: pytest.MonkeyPatch, written: str, meant: set[str]
) -> None:
    monkeypatch.setenv("STORE_STAFF", written)
    assert Settings().staff == meant
