"""What parts of a query are called, in each language, as chips and where they are given up."""

from dataclasses import replace

import httpx
import pytest

from packages.storefront.tests.search.vocabularies import vocabulary
from storefront.search.labels import label_of
from storefront.search.language.query_parser import parse
from storefront.texts import language_of, speaking

VOCABULARY = vocabulary()


@pytest.mark.parametrize(
    ("query", "english", "german"),
    [
        ("under 1500", "Up to 1,500", "Bis 1.500"),
        ("over 20", "From 20", "Ab 20"),
        ("from 20 to 50", "From 20 to 50", "20 bis 50"),
        ("shoes size 42", "Size 42", "Größe 42"),
        ("shoes not black", "Not Black", "Nicht Schwarz"),
        ("shoes, lowest price", "Cheapest first", "Günstigste zuerst"),
        ("shoes on sale", "Reduced", "Reduziert"),
    ],
)
def test_a_part_is_called_in_the_language(query: str, english: str, german: str) -> None:
    label = parse(query, VOCABULARY).segments[-1].label
    assert label_of(label) == english
    with speaking(language_of("de", "de_DE")):
        assert label_of(label) == german


def test_alternatives_are_joined_in_the_language() -> None:
    segments = parse("polo t-shirt for my father", VOCABULARY).segments
    assert segments
    with speaking(language_of("de", "de_DE")):
        assert " oder " in label_of(replace(segments[0].label, names=("Heels", "Sandals")))


async def test_what_is_given_up_is_said_in_the_language(client: httpx.AsyncClient) -> None:
    page = (await client.get("/de/search?q=black+shirts+size+M+under+1")).text
    assert "<strong>Bis 1</strong>" in page
    assert "Up to 1" not in page
