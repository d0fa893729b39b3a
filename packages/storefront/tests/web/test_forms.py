"""A form is sent once, or comes back with everything that was typed and what is wrong with it."""

import ast
from typing import Any

import httpx
import pytest

GOOD = {"name": "Ada", "chest_cm": "92"}


async def send(web: httpx.AsyncClient, fields: Any, **options: Any) -> httpx.Response:
    return await web.post("/api/measure", data=fields, **options)


async def refused(web: httpx.AsyncClient, fields: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """What was typed and what is wrong, as the form that comes back holds them."""
    answer = await send(web, fields)
    assert answer.status_code == 422
    values, errors = ast.literal_eval(answer.text)
    return values, errors


async def test_a_good_form_leads_to_another_page_with_a_message(web: httpx.AsyncClient) -> None:
    answer = await send(web, GOOD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/look")
    assert "__Host-flash" in web.cookies


async def test_with_htmx_the_browser_is_led_to_the_other_page(web: httpx.AsyncClient) -> None:
    answer = await send(web, GOOD, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (204, "/look")
    assert set(answer.headers["vary"].split(", ")) == {"HX-Request", "Accept-Encoding", "Cookie"}


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({}, {"name": "Please fill this in.", "chest_cm": "Please fill this in."}),
        (GOOD | {"name": "   "}, {"name": "Please fill this in."}),
        (GOOD | {"name": "A"}, {"name": "Please use at least 2 characters."}),
        (GOOD | {"name": "A" * 21}, {"name": "Please use at most 20 characters."}),
        (GOOD | {"chest_cm": "wide"}, {"chest_cm": "Please enter a whole number."}),
        (GOOD | {"chest_cm": "20"}, {"chest_cm": "Please enter at least 50."}),
        (GOOD | {"chest_cm": "9999"}, {"chest_cm": "Please enter at most 200."}),
        (GOOD | {"name": "Nobody"}, {"name": "This name is taken."}),
    ],
    ids=str,
)
async def test_each_field_says_what_is_wrong_with_it(
    web: httpx.AsyncClient, fields: dict[str, str], errors: dict[str, str]
) -> None:
    values, found = await refused(web, fields)
    assert found == errors
    assert values == fields | {"colours": []}


async def test_nothing_that_was_typed_is_lost(web: httpx.AsyncClient) -> None:
    typed = {"name": " <b>Ada</b> ", "note": "x" * 500, "chest_cm": "", "colours": ["red", "blue"]}
    values, errors = await refused(web, typed)
    assert values == typed
    assert errors == {"chest_cm": "Please fill this in."}


async def test_blank_fields_are_absent_and_spaces_around_a_value_are_not_part_of_it(
    web: httpx.AsyncClient,
) -> None:
    answer = await send(
        web, {"name": " Ada ", "chest_cm": " 92 ", "note": "  ", "colours": ["", "red"]}
    )
    assert answer.status_code == 303
    message = web.cookies["__Host-flash"]
    assert "Ada" in message
    assert "note%3DNone" in message
    assert "colours%3D%5B%27red%27%5D" in message


async def test_a_file_in_a_form_is_refused(web: httpx.AsyncClient) -> None:
    answer = await web.post("/api/measure", data=GOOD, files={"note": b"x"})
    assert answer.status_code == 400


async def test_a_body_that_is_no_form_is_an_empty_form(web: httpx.AsyncClient) -> None:
    answer = await web.post(
        "/api/measure", content=b"\x00{", headers={"Content-Type": "text/plain"}
    )
    assert answer.status_code == 422
