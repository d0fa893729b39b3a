"""Drawings that stand in for photographs: every one can be drawn, and nothing else is."""

import io

import httpx
import pytest
from PIL import Image

from storefront.catalog import drawings
from storefront.catalog.colours import COLOURS
from storefront.demo.drawing import draw


def test_every_drawing_can_be_drawn() -> None:
    colours = [colour.name for colour in COLOURS]
    for article in drawings._FORMS:
        assert draw(drawings.drawing_of(article, colours[0]) or "")
    for colour in (*colours, None, "Unheard of"):
        assert draw(drawings.drawing_of("Tshirts", colour) or "")
    assert set(drawings._KIN.values()) <= set(drawings._FORMS)


@pytest.mark.parametrize(
    ("kind", "colour", "key"),
    [
        ("Stoles", "Red", "drawn/scarves.fringed.solid.red.0.svg"),
        ("Casual Shoes", "Navy Blue", "drawn/casual-shoes.sneaker.solid.navy-blue.0.svg"),
        ("Jeans", None, "drawn/jeans.straight.denim.grey.0.svg"),
        ("Bra", "Black", None),
    ],
)
def test_a_kind_is_drawn_in_its_colour(kind: str, colour: str | None, key: str | None) -> None:
    assert drawings.drawing_of(kind, colour) == key
    assert key is None or drawings.is_stand_in(key)


@pytest.mark.parametrize("form", ["avif", "webp", "jpeg"])
async def test_it_is_served_though_no_product_has_it(client: httpx.AsyncClient, form: str) -> None:
    answer = await client.get(
        "/images/drawn/hat.fedora.solid.mauve.0.svg", params={"w": 160, "f": form}
    )
    assert (answer.status_code, answer.headers["content-type"]) == (200, f"image/{form}")
    image = Image.open(io.BytesIO(answer.content))
    assert (image.size, image.format) == ((160, 214), form.upper())


async def test_what_no_page_shows_is_not_drawn(client: httpx.AsyncClient) -> None:
    answer = await client.get("/images/drawn/hat.sun.solid.mauve.9.svg?w=160")
    assert answer.status_code == 404
    refused = await client.get("/images/drawn/hat.fedora.solid.mauve.0.svg?w=160&f=gif")
    assert refused.status_code == 422
