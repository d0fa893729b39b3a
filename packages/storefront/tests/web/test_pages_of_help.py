"""Help, policies and the design language: complete, and true."""

import re
from pathlib import Path

import httpx
import pytest

from storefront.catalog.colours import COLOURS
from storefront.help.markdown import names_in

SOURCE = Path(__file__).parents[2] / "src" / "storefront"


@pytest.mark.parametrize(
    "path",
    [
        "/help",
        "/help/sizes",
        "/offline",
        "/departments",
        "/collections",
        *(f"/help/{name}" for name in sorted(names_in("help"))),
        *(f"/policies/{name}" for name in sorted(names_in("policies"))),
    ],
)
async def test_every_page_of_help_is_there(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200
    assert len(re.findall("<h1", answer.text)) == 1


async def test_delivery_tells_what_the_checkout_charges(client: httpx.AsyncClient) -> None:
    html = (await client.get("/help/delivery")).text
    assert re.search(r"Standard.*working days</td><td>\$\d", html, re.DOTALL)


@pytest.mark.parametrize("language", ["", "de/", "ar/"])
def test_the_privacy_page_names_every_cookie(language: str) -> None:
    named = set()
    for path in SOURCE.rglob("*.py"):
        named |= set(re.findall(r'^COOKIE = "([^"]+)"', path.read_text("utf-8"), re.MULTILINE))
    told = (SOURCE / f"help/policies/{language}privacy.md").read_text("utf-8")
    assert named
    assert named == set(re.findall(r"^\| `([^`]+)` \|", told, re.MULTILINE))


def test_tones_are_the_base_colours() -> None:
    styles = (SOURCE / "web/static/tones.css").read_text("utf-8")
    tones = dict(re.findall(r"\.tone-([a-z-]+) \{ --tone: (#[0-9a-f]{6}); \}", styles))
    assert tones == {colour.slug: colour.hex for colour in COLOURS}


def test_nothing_in_a_page_needs_unsafe_inline() -> None:
    """No style or handler in an element, no script or style between tags, nothing from elsewhere."""
    inline = re.compile(
        r"\sstyle=|\son[a-z]+=|<style|javascript:|<script(?![^>]*\b(src|type=\"application/(ld|json)))",
        re.IGNORECASE,
    )
    found = {
        str(path.relative_to(SOURCE)): inline.findall(path.read_text("utf-8"))
        for path in SOURCE.glob("*/templates/**/*.html")
        if "mail" not in str(path.relative_to(SOURCE))  # e-mails are no pages
    }
    assert {name: marks for name, marks in found.items() if marks} == {}


async def test_a_text_that_is_missing_is_named_by_the_address_that_was_asked_for(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/api/v1/pages/nope/nope")
    assert answer.status_code == 404
    assert answer.json()["detail"] == "There is nothing at /api/v1/pages/nope/nope."
