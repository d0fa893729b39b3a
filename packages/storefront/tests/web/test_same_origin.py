"""Another site cannot make a visitor's browser change anything here."""

import httpx
import pytest

SEARCH = "/api/v1/search/text"


@pytest.mark.parametrize(
    "headers",
    [
        {},  # a program
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null", "Cookie": "visitor=x"},
        {"Origin": "http://localhost:8000"},  # the public address
        {"Cookie": "visitor=x"},  # a program with a cookie jar
        {"Origin": "HTTP://LOCALHOST:8000", "Cookie": "visitor=x"},
    ],
    ids=str,
)
async def test_our_pages_and_programs_are_let_through(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await client.post(SEARCH, json={"query": "shirt"}, headers=headers)
    assert answer.status_code == 200


async def test_the_address_that_was_asked_is_ours_whatever_its_name(
    client: httpx.AsyncClient,
) -> None:
    headers = {"Origin": str(client.base_url).rstrip("/"), "Cookie": "visitor=x"}
    answer = await client.post(SEARCH, json={"query": "shirt"}, headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, "sent cross-site"),
        ({"Sec-Fetch-Site": "same-site"}, "sent same-site"),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost:8000"}, "sent cross-site"),
        ({"Sec-Fetch-Site": "cross-site", "X-Forwarded-Email": "a@example.com"}, "sent cross-site"),
        ({"Origin": "https://evil.example"}, "https://evil.example"),
        ({"Origin": "https://localhost:8000.evil.example"}, "evil.example"),
        ({"Origin": "http://evil.example/localhost:8000"}, "evil.example"),
        ({"Origin": "null"}, "origin is null"),
        ({"Origin": ""}, "origin is"),
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_other_sites_are_refused(
    client: httpx.AsyncClient, method: str, headers: dict[str, str], reason: str
) -> None:
    answer = await client.request(method, SEARCH, json={"query": "shirt"}, headers=headers)
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "http://localhost:8000/problems/cross-site"
    assert reason in answer.json()["detail"]
    assert answer.headers["content-security-policy"]


async def test_a_person_reads_why_on_a_page(client: httpx.AsyncClient) -> None:
    answer = await client.post("/search", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "This request came from another site" in answer.text


async def test_links_from_other_sites_lead_here(client: httpx.AsyncClient) -> None:
    for method in ("GET", "HEAD"):
        answer = await client.request(
            method, "/", headers={"Sec-Fetch-Site": "cross-site", "Cookie": "visitor=x"}
        )
        assert answer.status_code == 200
