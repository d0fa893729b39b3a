"""Another site cannot make a visitor's browser change anything here."""

import httpx
import pytest

CHANGE = "/api/measure"
MEASURE = {"name": "Ann", "chest_cm": "90"}


@pytest.mark.parametrize(
    "headers",
    [
        {},  # a program
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null", "Cookie": "visitor=x"},
        {"Origin": "https://shop.example"},  # the public address
        {"Cookie": "visitor=x"},  # a program with a cookie jar
        {"Origin": "HTTPS://SHOP.EXAMPLE", "Cookie": "visitor=x"},
    ],
    ids=str,
)
async def test_our_pages_and_programs_are_let_through(
    web: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await web.post(CHANGE, data=MEASURE, headers=headers)
    assert answer.status_code == 303


async def test_the_address_that_was_asked_is_ours_whatever_its_name(
    web: httpx.AsyncClient,
) -> None:
    headers = {"Host": "Other.example", "Origin": "https://other.example", "Cookie": "visitor=x"}
    answer = await web.post(CHANGE, data=MEASURE, headers=headers)
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, "sent cross-site"),
        ({"Sec-Fetch-Site": "same-site"}, "sent same-site"),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://shop.example"}, "sent cross-site"),
        ({"Sec-Fetch-Site": "cross-site", "X-Forwarded-Email": "a@example.com"}, "sent cross-site"),
        ({"Origin": "https://evil.example"}, "https://evil.example"),
        ({"Origin": "https://shop.example.evil.example"}, "evil.example"),
        ({"Origin": "http://evil.example/shop.example"}, "evil.example"),
        ({"Origin": "null"}, "origin is null"),
        ({"Origin": ""}, "origin is"),
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_other_sites_are_refused(
    web: httpx.AsyncClient, method: str, headers: dict[str, str], reason: str
) -> None:
    answer = await web.request(method, CHANGE, data=MEASURE, headers=headers)
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "https://shop.example/problems/cross-site"
    assert reason in answer.json()["detail"]


async def test_a_person_reads_why_on_a_page(client: httpx.AsyncClient) -> None:
    answer = await client.post("/search", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "This request came from another site" in answer.text
    assert answer.headers["content-security-policy"]


async def test_links_from_other_sites_lead_here(client: httpx.AsyncClient) -> None:
    for method in ("GET", "HEAD"):
        answer = await client.request(
            method, "/", headers={"Sec-Fetch-Site": "cross-site", "Cookie": "visitor=x"}
        )
        assert answer.status_code == 200
