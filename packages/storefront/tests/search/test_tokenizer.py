"""How names and queries become words: by one tokenizer."""

import pytest

from storefront.search.language.tokenizer import (
    Token,
    fold,
    last_word,
    normalized,
    stem,
    terms,
    tokens,
)


def test_words_know_where_they_are_in_the_text() -> None:
    text = "Women's Café T-Shirt, red/blue"
    assert tokens(text) == (
        Token("womens", 0, 7),
        Token("cafe", 8, 12),
        Token("t", 13, 14),
        Token("shirt", 15, 20, is_joined=True),
        Token("red", 22, 25),
        Token("blue", 26, 30, is_joined=True),
    )
    assert text[8:12] == "Café"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("straße", "STRASSE"), ("Ørsted", "orsted"), ("Łódź", "lodz"), ("Æon", "aeon"),
        ("O'Neill", "oneill"), ("O’Neill", "oneill"), ("OʼNeill", "oneill"), ("Cafe\u0301", "café"),
        ("le\u200bvis", "levis"), ("soft\u00adshell", "softshell"), ("ＦＵＬＬ", "full"),
        ("Ёлка", "елка"),
    ],
)  # fmt: skip
def test_spellings_that_people_do_not_tell_apart_are_one_word(one: str, other: str) -> None:
    assert normalized(one) == normalized(other) == fold(other)


@pytest.mark.parametrize(
    ("text", "indexed"),
    [
        ("T-shirt", {"tshirt", "t", "shirt"}),
        ("SPF-15", {"spf15", "spf", "15"}),
        ("SPF15", {"spf15", "spf", "15"}),
        ("3/4", {"3-4", "3", "4"}),  # not 34
        ("1019-201", {"1019-201", "1019", "201"}),
        ("Mr.Happy", {"mrhappy", "mr", "happy"}),
        ("CR_BTS", {"crbts", "cr", "bts"}),
        ("O'Neill's", {"oneills", "neill"}),
        ("red,blue", {"red", "blue"}),
        ("shn-5016d", {"shn5016d", "shn", "5016d", "5016", "d"}),
        ("कुर्ता", {"कुर्ता"}),
        ("½ sleeve", {"1-2", "1", "2", "sleeve"}),
        ("18+ C# 100% Run+ 2", {"18", "18+", "c", "c#", "100", "100%", "run", "run+", "2"}),
        ("GA-100-1A", {"ga", "ga100", "ga100-1a", "ga1001a", "100", "1a", "1", "a"}),
        ("Bw!tch", {"bwtch", "bw", "tch"}),
        ("- / ... !!! %", set()),
    ],
)
def test_words_with_signs_are_indexed_whole_and_in_parts(text: str, indexed: set[str]) -> None:
    assert terms(text) == indexed


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Rocia Women Black Sandals", "sandal"),
        ("Nike Men's T-Shirts", "tshirt"),  # and no shirt
        ("Titan Watch N9333PP02", "watch"),
        ("Lotus Lipstick 643", "lipstick"),
        ("Biba Kurta with Dupatta", "kurta"),
        ("Rain Cover for Backpacks", "cover"),
        ("Scullers For Her Black Trousers", "trouser"),
        ("काला कुर्ता", "कुर्ता"),
        ("100% 42", ""),
        ("", ""),
    ],
)
def test_a_product_is_called_by_the_last_word_of_its_name(name: str, called: str) -> None:
    assert last_word(name) == called


def test_a_sign_at_an_edge_joins_nothing() -> None:
    assert [token.is_joined for token in tokens("-red- 'blue' (green)")] == [False] * 3


def test_only_english_words_are_stemmed() -> None:
    assert stem("printed") == stem("prints") == "print"
    assert stem("shn5016d") == "shn5016d"
    assert stem("кроссовки") == "кроссовки"
