"""Parameters of listings: queries that mean nothing, and prices between two cents."""

import httpx
import pytest

from storefront.catalog import bounds
from storefront.search.parameters import ListingFilters

NOTHING = ["   ", "!!!", "—", "\u200b", "&&|"]
SAID = "There is no word to search for in that."


@pytest.mark.parametrize("query", ["", *NOTHING])
@pytest.mark.parametrize("path", ["/search", "/products"])
async def test_a_page_says_so_and_shows_everything(
    client: httpx.AsyncClient, path: str, query: str
) -> None:
    page = await client.get(path, params={"q": query})
    assert page.status_code == 200
    assert SAID in page.text
    assert "300 pieces" in page.text
    assert SAID not in (await client.get(path)).text
    assert SAID not in (await client.get(path, params={"q": "shirt"})).text


@pytest.mark.parametrize("query", NOTHING)
async def test_the_api_refuses_it(client: httpx.AsyncClient, query: str) -> None:
    listing = await client.get("/api/v1/products", params={"q": query})
    search = await client.post("/api/v1/search/text", json={"query": query})
    for answer, pointer in ((listing, "#/q"), (search, "#/query")):
        assert answer.status_code == 422
        [error] = answer.json()["errors"]
        assert error == {
            "pointer": pointer,
            "detail": f"{pointer[2:]} is {query!r}: it has no letter, digit or emoji to search for.",
        }


LEFT_OUT = {
    "": "Something in this address means nothing here",
    "/de": "Etwas in dieser Adresse hat hier keine Bedeutung",
    "/ar": "في هذا العنوان ما لا معنى له هنا",
}


@pytest.mark.parametrize("prefix", LEFT_OUT)
@pytest.mark.parametrize(
    "query",
    [
        "gender=Xx",
        "gender=Xx&gender=yy",
        "page=abc",
        "page=0",
        "page=1e400",
        "page_size=5000",
        "sort_by=foo",
        "sort_by=relevance",
        "sort_order=up",
        "page=2&cursor=x",
        "min_rating=9",
        "user_id=nobody",
        "as_typed=perhaps",
        "gender=Xx&page=abc&sort_by=foo",
    ],
)
async def test_a_page_leaves_out_what_means_nothing_and_says_so(
    client: httpx.AsyncClient, prefix: str, query: str
) -> None:
    page = await client.get(f"{prefix}/products?{query}", follow_redirects=True)
    if "cursor" not in query:  # such a page leads to its listing without saying anything
        assert LEFT_OUT[prefix] in page.text
        assert 'content="noindex, follow"' in page.text
    assert page.status_code == 200
    assert "300" in page.text[page.text.index('id="count"') :][:60]


async def test_a_page_uses_the_values_that_mean_something(client: httpx.AsyncClient) -> None:
    page = await client.get("/products?gender=Xx&gender=Women&page=abc&gender=Yy")
    women = await client.get("/api/v1/products?gender=Women")
    assert f'<p id="count">{women.json()["total"]} pieces</p>' in page.text
    assert LEFT_OUT[""] in page.text
    assert LEFT_OUT[""] not in (await client.get("/products?gender=Women")).text


async def test_a_cursor_of_another_listing_leads_to_its_first_page(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/products?gender=Men&cursor=of-another")
    assert (answer.status_code, answer.headers["location"]) == (302, "/products?gender=Men")


@pytest.mark.parametrize("query", ["衬衫", "рубашка", "42", "é", "👗", "😀"])
async def test_letters_and_digits_of_any_script_and_emoji_are_words(
    client: httpx.AsyncClient, query: str
) -> None:
    answer = await client.get("/api/v1/products", params={"q": query})
    assert answer.status_code == 200


def test_price_bounds_between_two_cents_leave_out_what_is_outside_of_them() -> None:
    criteria = ListingFilters.model_validate(
        {"min_price": "10.001", "max_price": "20.009"}
    ).criteria("USD")
    assert (criteria.min_price, criteria.max_price) == (1001, 2000)
    exact = ListingFilters.model_validate({"min_price": "10.01", "max_price": "20.00"}).criteria(
        "USD"
    )
    assert (exact.min_price, exact.max_price) == (1001, 2000)


@pytest.mark.parametrize(
    ("currency", "bounds"),
    [("JPY", (20, 1999)), ("KWD", (19_500, 1_999_999)), ("USD", (1950, 199_999))],
)
def test_price_bounds_have_the_digits_of_the_currency(
    currency: str, bounds: tuple[int, int]
) -> None:
    filters = ListingFilters.model_validate({"min_price": "19.5", "max_price": "1999.9999"})
    criteria = filters.criteria(currency)
    assert (criteria.min_price, criteria.max_price) == bounds


def test_every_name_that_is_imported_can_be_filtered_by() -> None:
    name = "x" * bounds.MOST_CHARACTERS
    filters = ListingFilters(
        brand=[name], base_color=[name], size=[f"{name}:{name}"], category=["/".join([name] * 3)]
    )
    assert filters.brand == [name]
