"""Labels and packing slips are readable files, whatever the names and however much is returned."""

import io
import unicodedata
from types import SimpleNamespace
from typing import Any

import pytest
from pypdf import PdfReader

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
    """What a file says, line by line; letters of Arabic as they are typed, not as they are joined."""
    said = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return unicodedata.normalize("NFKC", said)


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


@pytest.mark.parametrize(
    "name",
    [
        "Łukasz Wójcik",
        "Анна Шевченко-Ґалаґан",
        "Νίκος Παπαδόπουλος",
        "Nguyễn Thị Ánh",
        "Ştefan Çağlar",
    ],
)
def test_names_of_customers_are_written_as_they_write_them(name: str) -> None:
    label, _ = papers(name, 1)
    assert name in text_of(label)


def test_letters_that_the_fonts_lack_are_question_marks() -> None:
    label, _ = papers("山田 Yamada", 1)
    assert "?? Yamada" in text_of(label)


@pytest.mark.parametrize("code", ["de", "ar"])
def test_documents_speak_the_language_of_the_page(code: str) -> None:
    with speaking(language_of(code, "en_US")):
        label, slip = papers("محمد علي", 40)
    assert ("Zu klein" if code == "de" else "صغير") in text_of(slip)
    assert "محمد علي" in text_of(label)
    assert slip.count(b"/Type /Page\n") > 1
    assert label.count(b"/Type /Page\n") == 1


def test_lines_of_a_right_to_left_language_begin_on_the_right() -> None:
    with speaking(language_of("ar", "en_US")):
        label, slip = papers("Ann Müller", 1)
    assert "15970-ALPHA-L" in text_of(slip)  # as it is, not ALPHA-L-15970
    places: list[float] = []
    PdfReader(io.BytesIO(label)).pages[0].extract_text(
        visitor_text=lambda text, _cm, at, *_: places.append(at[4]) if text.strip() else None
    )
    assert len(set(places)) > 5
