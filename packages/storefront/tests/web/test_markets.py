"""The shops of other countries: each a deployment of its own, linked with its country and currency."""

import httpx
import pytest
from pydantic import ValidationError

from storefront.markets import Market
from storefront.settings import Settings


def test_markets_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "STORE_MARKETS", "DE:EUR=https://shop.example.de, JP:JPY=https://shop.example.jp/en"
    )
    assert Settings().markets == (
        Market(country="DE", currency="EUR", url="https://shop.example.de"),
        Market(country="JP", currency="JPY", url="https://shop.example.jp/en"),
    )


@pytest.mark.parametrize(
    "written",
    [
        "DE=https://shop.example.de",
        "DE:EURO=https://shop.example.de",
        "Germany:EUR=https://shop.example.de",
        "DE:EUR=shop.example.de",
        "DE:EUR=javascript:alert(1)",
        "DE:EUR",
    ],
)
def test_what_is_no_market_is_rejected(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORE_MARKETS", written)
    with pytest.raises(ValidationError):
        Settings()


@pytest.mark.parametrize(
    ("path", "own", "other"),
    [
        ("/", "United States · USD", "Germany · EUR"),
        ("/de/", "Vereinigte Staaten · USD", "Deutschland · EUR"),
    ],
)
async def test_the_footer_links_them(
    client: httpx.AsyncClient, path: str, own: str, other: str
) -> None:
    page = (await client.get(path)).text
    assert f'aria-current="true">{own}</a>' in page
    assert f'<a href="https://shop.example.de">{other}</a>' in page
