"""The shop in German and Arabic, over real HTTP: by address, completely, and only where pages are."""

import re
from pathlib import Path

import httpx
import pytest

from storefront.help import markdown as help_texts
from storefront.texts import name_of, speaking
from storefront.texts.languages import language_of
from storefront.texts.lookup import _translations

SHOP = "http://localhost:8000"


async def test_the_address_says_in_which_language_a_page_is(client: httpx.AsyncClient) -> None:
    for prefix, opening, word in (
        ("", '<html lang="en" dir="ltr">', ">Search<"),
        ("/de", '<html lang="de" dir="ltr">', ">Suchen<"),
        ("/ar", '<html lang="ar" dir="rtl">', ">بحث<"),
    ):
        answer = await client.get(f"{prefix}/", headers={"Accept-Language": "fr"})
        assert opening in answer.text
        assert word in answer.text
        assert f'<link rel="canonical" href="{SHOP}{prefix}/">' in answer.text
        for code, other in (("en", ""), ("de", "/de"), ("ar", "/ar"), ("x-default", "")):
            link = f'<link rel="alternate" hreflang="{code}" href="{SHOP}{other}/">'
            assert answer.text.count(link) == 1
        assert answer.headers["cache-control"] == "private, no-cache"  # as without a language
        assert answer.headers["vary"] == "Accept-Encoding, Cookie"


@pytest.mark.parametrize("code", ["de", "ar"])
async def test_nothing_on_a_page_is_left_in_english(client: httpx.AsyncClient, code: str) -> None:
    product = (await client.get("/api/v1/products?page_size=1")).json()["products"][0]["url"]
    english = _sentences(code)
    for path in ("/", "/products", "/departments", product, f"{product}/more", "/cart", "/search?q=zzzz",
                 "/wishlist", "/recently-viewed", "/help", "/help/sizes", "/search/photo", "/offline",
                 "/account/sign-in", "/orders/lookup", "/nothing"):  # fmt: skip
        html = (await client.get(f"/{code}{path}")).text
        found = [text for text in english if f">{text}<" in html]
        assert found == [], path


def _sentences(code: str) -> list[str]:
    """The English texts that read otherwise in this language."""
    catalogue = _translations(code)._catalog  # type: ignore[attr-defined]
    return [
        text
        for text, translation in catalogue.items()
        if isinstance(text, str) and text and "\x04" not in text and translation != text
    ]


async def test_links_forms_and_redirects_stay_in_the_language(client: httpx.AsyncClient) -> None:
    html = (await client.get("/de/products")).text
    addresses = re.findall(r'(?:href|action|hx-get|hx-post|data-quick)="(/[^"]*)"', html)
    others = ("/static/", "/images/", "/api/", "/manifest", "/ar/")
    outside = {one for one in addresses if not one.startswith(("/de/", *others))}
    assert outside == {"/products"}  # the switch to English
    assert (await client.get("/de")).headers["location"] == "/de/"
    assert (await client.get("/de/help/")).headers["location"] == "/de/help"
    signing_in = await client.get("/de/account")
    assert signing_in.headers["location"] == "/de/account/sign-in?next=%2Fde%2Faccount"


@pytest.mark.parametrize(
    "path",
    ["/de/api/v1/products", "/de/admin", "/de/images/x", "/de/static/x", "/de/health", "/dex/"],
)
async def test_what_has_no_language_has_no_address_in_one(
    client: httpx.AsyncClient, path: str
) -> None:
    assert (await client.get(path)).status_code == 404


async def test_prices_and_numbers_are_written_as_the_language_does(
    client: httpx.AsyncClient,
) -> None:
    [product] = (await client.get("/api/v1/products?page_size=1")).json()["products"]
    amount = f"{product['price']:.2f}".replace(".", ",")
    assert f"{amount}\N{NO-BREAK SPACE}$" in (await client.get(f"/de{product['url']}")).text


async def test_errors_are_reported_in_the_language_to_people_and_in_english_to_programs(
    client: httpx.AsyncClient,
) -> None:
    page = await client.get("/de/p/nothing-99999999")
    assert page.status_code == 404
    assert "Diese Seite finden wir nicht" in page.text
    assert "Das Produkt 99999999 gibt es nicht." in page.text
    problem = await client.get("/api/v1/products/99999999", headers={"Accept-Language": "de"})
    assert problem.json()["detail"] == "There is no product 99999999."
    form = await client.post("/de/account/sign-in", data={"email": ""})
    assert "Bitte füllen Sie das aus." in form.text


async def test_suggestions_lead_to_pages_of_the_language(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/search/suggest", params={"q": "shi", "language": "de"})
    [shirts, *_] = answer.json()["categories"]
    assert (shirts["label"], shirts["url"][:13]) == ("Hemden und Blusen", "/de/products?")
    assert all(one["url"].startswith("/de/p/") for one in answer.json()["products"])


@pytest.mark.parametrize("kind", ["help", "policies"])
@pytest.mark.parametrize("code", ["de", "ar"])
def test_every_text_of_help_is_translated(kind: str, code: str) -> None:
    folder = Path(help_texts.__file__).parent / help_texts.FOLDERS[kind] / code
    assert {file.stem for file in folder.glob("*.md")} == help_texts.names_in(kind)


def test_names_of_the_catalogue_are_translated_whatever_their_case() -> None:
    with speaking(language_of("de", "en_US")):
        assert [name_of(one) for one in ("Flip Flops", "flip flops", "Acme", None)] == [
            "Zehentrenner", "Zehentrenner", "Acme", "",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "links"),
    [
        ("/nowhere", ["/nowhere", "/de/nowhere", "/ar/nowhere"]),
        ("/de/nowhere", ["/nowhere", "/de/nowhere", "/ar/nowhere"]),
        ("/de/a%3Fb%23c", ["/a%3Fb%23c", "/de/a%3Fb%23c", "/ar/a%3Fb%23c"]),
        ("//example.com/x", ["/", "/de/", "/ar/"]),
        ("/de//example.com/x", ["/", "/de/", "/ar/"]),
    ],
)
async def test_a_missing_page_leads_to_itself_in_other_languages_and_never_out_of_the_shop(
    client: httpx.AsyncClient, path: str, links: list[str]
) -> None:
    answer = await client.get(f"{str(client.base_url).rstrip('/')}{path}")
    assert answer.status_code == 404
    assert re.findall(r'<a href="([^"]*)" hreflang', answer.text) == links
