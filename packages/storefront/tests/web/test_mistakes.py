"""What a program reads about a value that it got wrong: the value, what it must be, what to do."""

import re
from typing import Any

import httpx
import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from storefront.web import mistakes


def details(answer: httpx.Response) -> list[str]:
    """The sentences; the problem's own detail has them all."""
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    found = [one["detail"] for one in problem["errors"]]
    assert problem["detail"] == " ".join(found)
    return found


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("min_price=abc", "min_price is 'abc'; it must be a number, such as 19.99."),
        ("min_price=-1", "min_price is '-1'; it must be 0 or more."),
        ("page=2.5", "page is '2.5'; it must be a whole number, such as 12."),
        ("page_size=500", "page_size is '500'; it must be 100 or less."),
        ("as_typed=perhaps", "as_typed is 'perhaps'; it must be true or false."),
        (
            "gender=Xx",
            "gender is 'Xx'; it must be 'Men', 'Women', 'Unisex', 'Boys' or 'Girls'.",
        ),
        ("brand=", "The number of characters of brand is 0; it must be at least 1."),
        (
            "&".join(["brand=x"] * 51),
            "The number of values of brand is 51; it must be at most 50.",
        ),
        ("colour=red", "There is no parameter 'colour'. Did you mean 'base_color'?"),
        ("pagesize=5", "There is no parameter 'pagesize'. Did you mean 'page_size'?"),
        ("min_price=9&max_price=8", "min_price 9 is above max_price 8: swap them."),
    ],
)
async def test_a_parameter(client: httpx.AsyncClient, query: str, sentence: str) -> None:
    assert details(await client.get(f"/api/v1/products?{query}")) == [sentence]


async def test_an_unknown_parameter_like_no_other_lists_them(client: httpx.AsyncClient) -> None:
    [sentence] = details(await client.get("/api/v1/products?xyzzy=1"))
    assert sentence.startswith("There is no parameter 'xyzzy'. There are: gender, category, ")


async def test_every_mistake_is_reported(client: httpx.AsyncClient) -> None:
    found = details(await client.get("/api/v1/products?min_price=abc&page=x&unheard=1"))
    assert [one.split()[0] for one in found] == ["min_price", "page", "There"]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "The field query is missing. Send it."),
        ({"query": 5}, "query is 5; it must be text in quotes."),
        ({"query": None}, "query is null; it must be text in quotes."),
        (
            {"query": "x", "limit": "many"},
            "limit is 'many'; it must be a whole number, such as 12.",
        ),
        ({"query": "x", "limits": 5}, "There is no field 'limits'. Did you mean 'limit'?"),
        (
            {"query": "x", "filters": {"brands": "Puma"}},
            "There is no field 'brands' in filters. Did you mean 'brand'?",
        ),
        (
            {"query": "x", "filters": {"season": ["Monsoon"]}},
            "filters.season[0] is 'Monsoon'; it must be 'Spring', 'Summer', 'Fall' or 'Winter'.",
        ),
        ([], "The body must be a JSON object, such as {}."),
    ],
)
async def test_a_field_of_a_body(client: httpx.AsyncClient, body: Any, sentence: str) -> None:
    assert details(await client.post("/api/v1/search/text", json=body)) == [sentence]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The request has no body. Send a JSON object."),
        (b'{"query": }', "The body is not JSON: Expecting value at character 10."),
    ],
)
async def test_a_body_that_is_not_json(
    client: httpx.AsyncClient, content: bytes, sentence: str
) -> None:
    answer = await client.post(
        "/api/v1/search/text", content=content, headers={"content-type": "application/json"}
    )
    assert details(answer) == [sentence]


async def test_a_long_value_is_shortened_and_escaped(client: httpx.AsyncClient) -> None:
    [sentence] = details(
        await client.get("/api/v1/products", params={"page": "\u202e" + "9" * 5_000})
    )
    assert sentence.startswith("page is '\\u202e999")
    assert len(sentence) < 150


class Secrets(BaseModel):
    password: int
    payment_token: int
    api_key: list[int]
    shipping: int


def test_what_may_be_secret_is_never_repeated() -> None:
    sent = {
        "password": "hunter2",
        "payment_token": "hunter2",
        "api_key": ["hunter2"],
        "shipping": "hunter2",
    }
    with pytest.raises(ValidationError) as error:
        Secrets.model_validate(sent)
    found = [
        mistakes.sentence({**one, "loc": ("body", *one["loc"])}) for one in error.value.errors()
    ]
    assert found == [
        "password must be a whole number, such as 12.",
        "payment_token must be a whole number, such as 12.",
        "api_key[0] must be a whole number, such as 12.",
        "shipping is 'hunter2'; it must be a whole number, such as 12.",
    ]
    for place in ("header", "cookie"):
        mistake = {**error.value.errors()[3], "loc": (place, "shipping")}
        assert "hunter2" not in mistakes.sentence(mistake)


def test_a_kind_of_error_that_has_no_words_of_its_own_is_still_a_sentence() -> None:
    with pytest.raises(ValidationError) as error:
        TypeAdapter(frozenset[int] | bytes).validate_python(5)
    for one in error.value.errors():
        found = mistakes.sentence({**one, "loc": ("body", "sizes")})
        assert re.fullmatch(r"sizes is 5; it must be a valid \w+\.", found)


async def test_a_page_says_it_in_its_own_language(client: httpx.AsyncClient) -> None:
    answer = await client.get("/de/p/some-shirt-101000001/reviews?stars=9")
    assert answer.status_code == 422
    assert "stars: Bitte geben Sie höchstens 5 ein." in answer.text
