"""The search page, over real HTTP."""

import re

import httpx
import pytest

from packages.storefront.tests.pages import page, tiles


def chips(html: str) -> dict[str, str]:
    """What is in use, by its name: where taking it back leads."""
    bar = html[html.index('class="chips"') :].split("</ul>")[0]
    found = re.findall(r'<a href="([^"]+)">\s*([^<]+?)\s*<', bar)
    return {name: address.replace("&amp;", "&") for address, name in found}


async def test_what_was_understood_stands_in_chips_that_can_be_taken_back(
    client: httpx.AsyncClient,
) -> None:
    html = await page(client, "/search?q=black+shirts+under+500")
    assert chips(html) == {
        "Black": "/search?q=shirts+under+500",
        "Shirts": "/search?q=black+under+500",
        "Up to 500": "/search?q=black+shirts",
    }
    assert "from “under 500”" in html
    assert tiles(html)
    only = await page(client, "/search?q=black")
    assert chips(only) == {"Black": "/search"}
    reduced = await page(client, "/de/search?q=shirts+on+sale")
    assert chips(reduced) == {
        "Hemden und Blusen": "/de/search?q=on+sale",
        "Reduziert": "/de/search?q=shirts",
    }


async def test_a_correction_is_said_and_can_be_refused(client: httpx.AsyncClient) -> None:
    html = await page(client, "/search?q=shrits")
    assert "Showing results for <strong>shirts</strong>" in html
    [instead] = re.findall(r'<a href="([^"]+)">Search instead for shrits</a>', html)
    literally = await page(client, instead.replace("&amp;", "&"))
    assert "We have nothing for “shrits”." in literally


async def test_what_was_given_up_is_said(client: httpx.AsyncClient) -> None:
    html = await page(client, "/search?q=shirts+under+1")
    assert re.search(r"not everything here is:\s+<strong>Up to 1</strong>", html)
    assert tiles(html)


async def test_close_products_follow_few_results_below_a_heading(client: httpx.AsyncClient) -> None:
    query = {"article_type": "Shirts", "page_size": "1"}
    [shirt] = (await client.get("/api/v1/products", params=query)).json()["products"]
    asked = f"{shirt['brand']} {shirt['base_color']} shirts {shirt['gender']}"
    html = await page(client, f"/search?{httpx.QueryParams(q=asked)}")
    matching, close = html.split('<li class="close-to">')
    [count] = re.findall(r'<p id="count">(\d+) pieces?</p>', html)
    assert len(tiles(matching)) == int(count)
    assert f"Also close to “{asked}”" in close
    assert tiles(close)


async def test_an_empty_answer_shows_what_others_like(client: httpx.AsyncClient) -> None:
    html = await page(client, "/search?q=b0x9")
    assert "What others like" in html
    assert len(tiles(html)) == 8


async def test_a_facet_that_the_query_chose_is_marked_and_leads_back(
    client: httpx.AsyncClient,
) -> None:
    html = await page(client, "/search?q=black+shirts")
    assert re.search(
        r'href="/search\?q=shirts"\s+aria-current="true">\s*<span>.*</svg> Black', html
    )
    changed = await page(client, "/search?q=black+shirts&base_color=White")
    assert "Black" not in chips(changed)
    assert chips(changed)["White"] == "/search?q=black+shirts"


@pytest.mark.parametrize("address", ["/search", "/search?q=", "/search?q=+++"])
async def test_searching_for_nothing_shows_everything(
    client: httpx.AsyncClient, address: str
) -> None:
    assert "<h1>Everything</h1>" in await page(client, address)


async def test_every_page_can_be_searched_from_without_a_script(client: httpx.AsyncClient) -> None:
    for address in ("/", "/products", "/search?q=red+%3Cb%3E", "/nothing"):
        html = (await client.get(address)).text
        assert '<form class="search" role="search" action="/search"' in html
    assert 'value="red &lt;b&gt;"' in (await page(client, "/search?q=red+%3Cb%3E"))


async def test_search_pages_are_not_for_crawlers(client: httpx.AsyncClient) -> None:
    assert 'content="noindex, follow"' in await page(client, "/search?q=shirt")


async def test_a_page_without_results_offers_nothing_that_does_nothing(
    client: httpx.AsyncClient,
) -> None:
    html = await page(client, "/search?q=zzzqqqxxx")
    assert "Try another word" in html
    assert 'aria-label="Sort by"' not in html
    assert 'aria-label="Filter by category"' not in html
    assert tiles(html)  # what others like


async def test_a_rating_that_nothing_has_stays_in_sight_and_leads_nowhere(
    client: httpx.AsyncClient,
) -> None:
    """ResultSet to one product after another: each rating is a link exactly where it has products."""
    seen = set()
    found = (await client.get("/api/v1/products", params={"page_size": 40})).json()["products"]
    for product in found:
        name = {"q": product["product_display_name"]}
        html = await page(client, f"/search?{httpx.QueryParams(name)}")
        if 'aria-label="Filter by rating"' not in html:
            continue
        rating = html[html.index('aria-label="Filter by rating"') :].split("</nav>")[0]
        for item in re.findall(r"<li.*?</li>", rating):
            has_none = '<span class="small">0</span>' in item
            seen.add(has_none)
            assert ("href" in item) is not has_none
    assert seen == {True, False}


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
async def test_the_head_of_a_listing_is_sent_before_the_rest_is_rendered(
    client: httpx.AsyncClient, encoding: str
) -> None:
    address = "/products?gender=Women&min_price=15.37"
    async with client.stream("GET", address, headers={"accept-encoding": encoding}) as answer:
        parts = answer.aiter_text()
        first = await anext(parts)
        rest = "".join([part async for part in parts])
    assert '<link rel="stylesheet"' in first
    assert "<h1>Women</h1>" not in first
    assert "<h1>Women</h1>" in rest
    assert rest.rstrip().endswith("</html>")
    # What everybody gets later is both parts.
    assert (await client.get(address)).text == first + rest


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/products?gender=women", 301),
        ("/products?page=9999", 404),
        ("/products?brand=Nobody", 404),
        ("/products?cursor=of-another-listing", 302),
    ],
)
async def test_what_is_no_listing_has_its_own_status(
    client: httpx.AsyncClient, address: str, status: int
) -> None:
    answer = await client.get(address, follow_redirects=False)
    assert answer.status_code == status
    assert "content-length" in answer.headers
