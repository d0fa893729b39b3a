"""Parameters of listings: queries that mean nothing, and prices between two cents."""

import httpx
import pytest

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
