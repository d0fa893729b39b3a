"""Words, prices, spelling and synonyms: what queries are made of."""

from decimal import Decimal

import pytest

from packages.storefront.tests.search.vocabularies import SYNONYMS
from storefront.search.language import synonyms
from storefront.search.language.price_phrases import bounds
from storefront.search.language.spelling import Speller
from storefront.search.language.tokenizer import key_of, singular


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("dresses", "dress"), ("watches", "watch"), ("accessories", "accessory"), ("ties", "tie"),
        ("shoes", "shoe"), ("scarves", "scarf"), ("gloves", "glove"), ("jeans", "jean"),
        ("shorts", "shorts"), ("dress", "dress"), ("bus", "bus"), ("women", "women"),
        ("woman", "women"), ("womens", "women"), ("bra", "bra"), ("gas", "gas"),
    ],
)  # fmt: skip
def test_plurals_and_possessives(plural: str, one: str) -> None:
    assert singular(plural) == one


def test_spellings_of_one_thing_have_one_key() -> None:
    assert len({key_of(text) for text in ("T-Shirts", "t shirt", "tshirt", "T–SHIRT")}) == 1
    assert key_of("Gini and Jony") == key_of("Gini & Jony") == key_of("gini jony")
    assert key_of("short") != key_of("shorts")


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("under 1500", None, 1500), ("shoes below $49.50", None, "49.50"), ("<100", None, 100),
        ("≤ 100", None, 100), ("less than 1,500 dollars", None, 1500), ("up to 80", None, 80),
        ("no more than 80", None, 80), ("50 or less", None, 50), ("over 100", 100, None),
        ("> 20", 20, None), ("at least 30 bucks", 30, None), ("50 and above", 50, None),
        ("between 20 and 50", 20, 50), ("from 20 to 50", 20, 50), ("$20-$50", 20, 50),
        ("20-50 dollars", 20, 50), ("between 50 and 20", 20, 50), ("kurta 50-100", 50, 100),
        ("casual shirt 25 to 35 blue", 25, 35), ("kurta 15 to 25 women", 15, 25),
        ("shirt 25-35", 25, 35), ("heels 40 to 60 in red", 40, 60),
        ("watch around 100", 80, 120), ("about $80", 64, 96), ("~50", 40, 60), ("90 usd", 72, 108),
        ("25$ max", None, 25), ("max 25", None, 25), ("budget of 60", None, 60), ("$50+", 50, None),
        ("under thirty dollars", None, 30), ("less than a hundred", None, 100),
        ("between fifty and eighty-five", 50, 85), ("between 50 100 euro", 50, 100),
        ("over two hundred and ten", 210, None),
        ("under 1.5k", None, 1500), ("not exceeding 40", None, 40), ("£20 or so", 16, 24),
        ("20 dollars tops", None, 20), ("not less than 20", 20, None), ("not under 20", 20, None),
        ("no less than 20", 20, None), ("less then 20", None, 20), ("not higher than 20", None, 20),
        ("i can spend 120", None, 120), ("that do not exceed $9", None, 9), ("40+ dollars", 40, None),
        ("in the range 45 to 120", 45, 120), ("price range 25 120", 25, 120), ("betwen 5 and 9", 5, 9),
        ("price 15 to 120", 15, 120), ("20 and 99 dollars", 20, 99), ("rs500", 400, 600),
        ("under 49,99 €", None, 49.99), ("max 49,99", None, 49.99), ("under 1,234.5", None, 1234.5),
        ("between 1.234,50 and 2.000,00", 1234.5, 2000), ("between $20 $50", 20, 50),
        ("thirty to fifty", 30, 50), ("at most 1 hundred dollars", None, 100),
        ("under 2 thousand", None, 2000),
        ("starting 50 upto 80", 50, 80), ("starting 50", 50, None), ("from 10 till 20", 10, 20),
        ("between 10 & 20", 10, 20), ("one hundred to two hundred", 100, 200), ("under 3 k", None, 3000),
        ("50€ - 100€", 50, 100), ("50 eur to 100 eur", 50, 100), ("1,000-2,000", 1000, 2000),
    ],
)  # fmt: skip
def test_prices_are_bounds(text: str, low: object, high: object) -> None:
    [found] = bounds(text)
    assert found.low == (None if low is None else Decimal(str(low)))
    assert found.high == (None if high is None else Decimal(str(high)))


@pytest.mark.parametrize("text", ["501 jeans", "pack of 3", "size 20-22", "over the knee", "50% off",
                                  "under 50% off", "2012", "32-34", "2-3 years", "1019-201",
                                  "1020-205", "1615-0105",
                                  "five fingers", "two to three year",
                                  "nine to five", "jealous 21 tops", "trousers 38", "air max 2011",
                                  "sneakers 9 and 10", "boys 10-15 years", "waist 30-35",
                                  "bag 20-30 litre", "spf 30-50", "shirt 5-10"])  # fmt: skip
def test_other_numbers_are_no_prices(text: str) -> None:
    assert bounds(text) == []


def test_an_amount_begins_where_a_number_does() -> None:
    assert bounds("12345678 dollars") == []


def test_a_sign_belongs_to_the_amount_after_it() -> None:
    assert [(one.start, one.end) for one in bounds("20 $50")] == [(3, 6)]
    assert [(one.start, one.end) for one in bounds("20 $ shirt")] == [(0, 4)]


def test_characters_of_private_use_are_no_amounts() -> None:
    assert bounds("under \ue000 and 30 dollars") == bounds("under   and 30 dollars")


def test_two_bounds_are_both_found() -> None:
    assert [(one.low, one.high) for one in bounds("over 20 under 50")] == [(20, None), (None, 50)]


def test_the_frequent_word_is_preferred_and_the_nearer_one_before_it() -> None:
    speller = Speller({"shirt": 100, "skirt": 5, "short": 20, "women": 900, "sweater": 3})
    assert speller.correction("shirrt") == "shirt"
    assert speller.correction("sjirt") == "shirt"
    assert speller.correction("swaeter") == "sweater"
    assert speller.correction("woolen") is None
    assert speller.correction("skirt") is None
    assert speller.correction("sk") is None
    assert speller.correction("shirt42") is None
    assert speller.begins_a_word("swea")
    assert not speller.begins_a_word("sx")


def test_swapped_letters_are_the_likeliest_slip() -> None:
    speller = Speller({"girl": 20, "grip": 90, "hat": 5, "heat": 30})
    assert speller.correction("gril") == "girl"
    assert speller.correction("haet") == "heat"


def test_a_letter_is_rather_left_out_than_replaced_and_seldom_at_an_end() -> None:
    speller = Speller({"green": 5, "grey": 90, "women": 20, "men": 900, "shorts": 9, "shoes": 900})
    assert speller.correction("gren") == "green"
    assert speller.correction("wmen") == "women"
    assert speller.correction("shors") == "shorts"


def test_the_shipped_synonyms_can_be_read() -> None:
    found = synonyms.read(SYNONYMS.read_text(encoding="utf-8").splitlines())
    assert len(found.meanings) > 80
    assert set(found.alike["checked",]) >= {("check",), ("checkered",)}
    assert ("long", "sleeve") in found.alike["full", "sleeve"]
    phrases = [key_of(phrase) for synonym in found.meanings for phrase in synonym.phrases]
    assert all(phrases)


@pytest.mark.parametrize(
    "line",
    ["a, b", "a = b", "a = shape: Round", " = category: Shoes", "a = brand:", "a ~ ", "- ~ b"],
)
def test_a_line_of_synonyms_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(ValueError, match=r"^line 2: "):
        synonyms.read(["# fine", line])
