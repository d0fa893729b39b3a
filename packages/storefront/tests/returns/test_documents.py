"""Labels and packing slips are readable files, whatever the names and however much is returned."""

import re
import zlib
from base64 import a85decode
from types import SimpleNamespace
from typing import Any

import pytest

from storefront.returns import documents
from storefront.settings import Settings
from storefront.texts import language_of, speaking

LINE = SimpleNamespace(
    quantity=2,
    name="Kleid «Lina»",
    sku="15970-ALPHA-M",
    size_label="M",
    reason="too_small",
    new_sku="15970-ALPHA-L",
    note="zu eng, " * 30,
)
SETTINGS = Settings(name="Maison", returns_address="Lager 3; 10115 Berlin")


def papers(name: str, lines: int) -> tuple[bytes, bytes]:
    order: Any = SimpleNamespace(
        number="K7QF-3M2D",
        delivery_address={
            "name": name,
            "street_address": "Domplatz 1",
            "city": "Köln",
            "postal_code": "50667",
        },
    )
    found: Any = SimpleNamespace(number="R-AAAA-BBBB", lines=[LINE] * lines)
    return documents.label(order, found, SETTINGS), documents.slip(order, found, SETTINGS)


def text_of(pdf: bytes) -> str:
    """The drawing commands of a file's pages."""
    streams = re.findall(rb">>\s*stream\n(.*?)endstream", pdf, re.DOTALL)
    drawn = (zlib.decompress(a85decode(b"<~" + one.strip(), adobe=True)) for one in streams)
    return b"".join(drawn).decode("latin-1")


def test_the_label_says_whereto_and_the_slip_what() -> None:
    label, slip = papers("Ann Müller", 1)
    for shown in (
        "Maison",
        "Lager 3",
        "10115 Berlin",
        "R-AAAA-BBBB",
        "K7QF-3M2D",
        "Domplatz 1",
        "50667",
    ):
        assert shown in text_of(label)
    for shown in ("15970-ALPHA-M", "Too small", "In exchange for 15970-ALPHA-L"):
        assert shown in text_of(slip)
    assert papers("Ann Müller", 1) == (label, slip)  # the same bytes each time


@pytest.mark.parametrize("code", ["de", "ar"])
def test_documents_speak_the_language_whose_letters_they_have(code: str) -> None:
    with speaking(language_of(code, "en_US")):
        label, slip = papers("محمد علي", 40)
    assert ("Zu klein" if code == "de" else "Too small") in text_of(slip)
    assert slip.count(b"/Type /Page\n") > 1
    assert label.count(b"/Type /Page\n") == 1
