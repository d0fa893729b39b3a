"""What queries mean."""

from dataclasses import replace
from decimal import Decimal

import pytest

from packages.storefront.tests.search.vocabularies import vocabulary
from storefront.search.criteria import Criteria, Word
from storefront.search.labels import label_of
from storefront.search.language.corrections import Correction, corrected
from storefront.search.language.meanings import Attribute
from storefront.search.language.parsed_query import ParsedQuery
from storefront.search.language.query_parser import as_words, parse
from storefront.search.language.word_matching import ranking_words, required_words
from storefront.search.query_criteria import combined

VOCABULARY = vocabulary()


def read(query: str) -> ParsedQuery:
    return parse(query, VOCABULARY)


def labels(query: str) -> list[str]:
    """What the parts of a query are called."""
    return [label_of(segment.label) for segment in read(query).segments]


def test_a_query_is_a_colour_a_kind_and_a_price() -> None:
    found = read("navy blue kurta under 1500")
    assert [(part.attribute, label_of(part.label)) for part in found.segments] == [
        ("base_color", "Navy Blue"),
        ("category", "Kurtas"),
        ("price", "Up to 1,500"),
    ]
    assert found.values("base_color") == ["Navy Blue"]
    assert found.preferred("category") == ["apparel/topwear/kurtas"]
    assert (found.low, found.high) == (None, Decimal(1500))
    assert found.words == ()


@pytest.mark.parametrize(
    ("query", "kind", "values"),
    [
        ("t-shirt", "category", ["apparel/topwear/tshirts"]),
        ("T Shirts", "category", ["apparel/topwear/tshirts"]),
        ("tee", "category", ["apparel/topwear/tshirts"]),
        ("hand bag", "category", ["accessories/bags/handbags"]),
        ("flipflops", "category", ["footwear/flip-flops/flip-flops"]),
        ("dresses", "category", ["apparel/dress/dresses"]),
        ("accessories", "category", ["accessories"]),
        ("sneakers", "category",
         ["footwear/shoes/casual-shoes", "footwear/shoes/sports-shoes"]),
        ("shoes for the gym", "category", ["footwear/shoes/sports-shoes"]),
        ("shoes for gym", "category", ["footwear/shoes/sports-shoes"]),
        ("shoes for the college girl", "gender", ["Women", "Unisex"]),
        ("something to work out in", "usage", ["Sports"]),
        ("blk", "base_color", ["Black"]),
        ("blue", "base_color", ["Blue", "Navy Blue", "Turquoise Blue"]),
        ("gray", "base_color", ["Grey"]),
        ("men's", "gender", ["Men", "Unisex"]),
        ("ladies", "gender", ["Women", "Unisex"]),
        ("kids", "gender", ["Boys", "Girls"]),
        ("levis", "brand", ["Levis", "Levi's"]),
        ("Lévi’s", "brand", ["Levis", "Levi's"]),
        ("gini jony", "brand", ["Gini and Jony", "Gini & Jony"]),
        ("united colours of benetton", "brand", ["United Colors of Benetton"]),
        ("united colors of benetton", "brand", ["United Colors of Benetton"]),
        ("casio", "brand", ["Casio", "Casio Edifice"]),
        ("casio edifice", "brand", ["Casio Edifice"]),
        ("vans", "brand", ["Vans"]),
        ("van heusen", "brand", ["Van Heusen"]),
        ("size xl", "size", ["XL"]),
        ("xl", "size", ["XL"]),
        ("size 42", "size", ["42"]),
        ("shoes size 9", "size", ["9"]),
        ("42", "size", []),
    ],
)  # fmt: skip
def test_phrases_mean_values(query: str, kind: str, values: list[str]) -> None:
    assert read(query).values(kind) == values  # type: ignore[arg-type]


def test_the_longest_phrase_wins() -> None:
    assert labels("red rose handbag") == [
        "Red Rose",
        "Handbags",
    ]
    assert labels("red handbag") == ["Red", "Handbags"]
    assert labels("skin") == ["Skin"]
    assert read("skin").segments[0].attribute == "category"


@pytest.mark.parametrize(
    ("query", "kind", "words"),
    [
        ("jacket denim women", "apparel/topwear/jackets", ["denim"]),
        ("shorts denim", "apparel/bottomwear/shorts", ["denim"]),
        ("denim shorts", "apparel/bottomwear/shorts", ["denim"]),
        ("shirt of denim", "apparel/topwear/shirts", ["denim"]),
        ("blue denim", "apparel/bottomwear/jeans", []),
        ("denims", "apparel/bottomwear/jeans", []),
    ],
)
def test_a_material_describes_the_kind_that_is_said_before_it_too(
    query: str, kind: str, words: list[str]
) -> None:
    found = read(query)
    assert found.values("category") == [kind]
    assert [word.word for word in found.words] == words


@pytest.mark.parametrize("query", ["full sleeves shirt", "shirt full-sleeved", "long sleeve shirt"])
def test_the_words_of_a_phrase_count_only_together(query: str) -> None:
    found = read(query)
    assert found.values("category") == ["apparel/topwear/shirts"]
    [word] = required_words(found, VOCABULARY)
    assert {("full", "sleeve"), ("long", "sleeve")} <= set(word.alternatives)
    assert not {("full",), ("long",), ("sleeve",), ("sleeves",)} & set(word.alternatives)
    assert replace(word, is_telling=True) in ranking_words(found, VOCABULARY)


def test_a_merchant_says_what_a_phrase_is_called_here() -> None:
    own = vocabulary(("trefoil logo", "three leaves"), ("kicks", "sneakers"), ("&", "polo"))
    [word] = required_words(parse("trefoil logos jacket", own), own)
    assert ("three", "leaves") in word.alternatives
    assert parse("kicks", own).values("category") == read("sneakers").values("category")


def test_words_of_a_phrase_that_stand_apart_are_words() -> None:
    assert [word.word for word in read("full shirt sleeve").words] == ["full", "sleeve"]
    assert [word.word for word in read("sleeve full").words] == ["sleeve", "full"]


def test_a_brand_whose_word_others_say_too_stays_a_word() -> None:
    found = read("denim jacket")
    assert [word.word for word in found.words] == ["denim"]
    assert found.values("brand") == []
    assert read("black and white shirt").values("brand") == []


def test_of_two_kinds_the_last_is_the_thing_and_what_follows_with_belongs_to_it() -> None:
    bra = read("t-shirt bra")
    assert bra.values("category") == ["apparel/innerwear/bra"]
    assert [word.word for word in bra.words] == ["tshirt"]
    kurta = read("kurta with dupatta")
    assert kurta.preferred("category") == ["apparel/topwear/kurtas"]
    assert [word.word for word in kurta.words] == ["dupatta"]


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("which jeans suit men", ["apparel/bottomwear/jeans"]),
        ("a watch that suits women", ["accessories/watches/watches"]),
        ("how to dress for summer", []),
        ("a handbag to match black shoes", ["accessories/bags/handbags"]),
        ("jeans that go with a red dress", ["apparel/bottomwear/jeans"]),
        ("long dress", ["apparel/dress/dresses"]),
    ],
)
def test_verbs_are_no_kinds_and_what_they_govern_is_not_the_product(
    query: str, kinds: list[str]
) -> None:
    assert read(query).preferred("category") == kinds


@pytest.mark.parametrize("query", ["jeans and jackets", "jeans, jackets", "jeans or a jacket"])
def test_kinds_that_are_listed_are_alternatives(query: str) -> None:
    assert read(query).values("category") == [
        "apparel/bottomwear/jeans",
        "apparel/topwear/jackets",
    ]


def test_a_season_ranks_and_is_no_filter() -> None:
    found = read("winter jacket")
    assert found.values("season") == []
    assert found.preferred("season") == ["Winter"]


def test_stop_words_are_not_searched_for() -> None:
    found = read("I am looking for the best black leather handbag for women, please")
    assert [word.word for word in found.words] == ["leather"]


def alternatives(words: tuple[Word, ...]) -> list[list[str]]:
    """What each word may be, and whether it may be unfinished (*)."""
    return [[" & ".join(one) + "*" * word.is_prefix for one in word.alternatives] for word in words]


def test_words_have_alternatives_and_the_last_may_be_unfinished() -> None:
    assert alternatives(required_words(read("checked leather shi"), VOCABULARY)) == [
        ["checked", "check", "chk", "checks", "checkered", "chequered", "plaid", "tartan"],
        ["leather"],
        ["shi*"],
    ]
    assert required_words(replace(read("polo leather"), word_match="none"), VOCABULARY) == ()
    assert required_words(read("red shoes"), VOCABULARY) == ()
    assert [word.word for word in as_words("Red shoes for the office").words] == [
        "red",
        "shoes",
        "office",
    ]


@pytest.mark.parametrize(
    ("query", "ranking"),
    [
        ("red shoes", []),  # the catalogue's own words: they are filters, and no more
        ("red polo shirt", [["red"], ["polo", "polo & neck", "polo & collar"], ["shirt"]]),
        ("red sneakers", [["red"], ["sneakers"]]),
        ("levis or nike jeans", [["levis"], ["nike"], ["jeans"]]),
        ("t-shirt men's", [["tshirt", "t & shirt"]]),
    ],
)
def test_texts_rank_where_the_catalogue_has_no_value_for_it(
    query: str, ranking: list[list[str]]
) -> None:
    assert alternatives(ranking_words(read(query), VOCABULARY)) == ranking


def test_a_word_with_signs_is_one_word_and_ranks_as_it_is_written() -> None:
    [word] = read("SPF-15").words
    assert (word.word, word.parts, word.is_signed) == ("spf15", ("spf", "15"), True)
    [wanted] = required_words(read("SPF-15"), VOCABULARY)
    assert wanted.alternatives == (("spf15",), ("spf", "15"))
    assert set(wanted.literal) == {"spf15", "spf", "15"}


def test_a_compound_that_names_contain_is_not_taken_apart_into_filters() -> None:
    assert [word.word for word in read("blue-tooth").words] == ["bluetooth"]
    assert read("blue-tooth").segments == ()
    assert read("navy-blue").values("base_color") == ["Navy Blue"]


def test_taking_a_part_away_leaves_the_other_words() -> None:
    found = read("navy blue kurta under 1500")
    assert [found.without(part) for part in found.segments] == [
        "kurta under 1500",
        "navy blue under 1500",
        "navy blue kurta",
    ]


@pytest.mark.parametrize(
    "said",
    [
        "shirts for sale", "shirts with free delivery", "shirts and cash on delivery", "shirts near me",
        "shirts online shopping", "shirts images", "good quality shirts", "shirts collection",
        "shirts with same day delivery", "shirts with pics",
    ],
)  # fmt: skip
def test_what_is_said_to_shops_says_nothing_of_what_is_wanted(said: str) -> None:
    parsed = parse(said, VOCABULARY)
    assert [label_of(segment.label) for segment in parsed.segments] == ["Shirts"]
    assert parsed.words == ()
    assert ranking_words(parsed, VOCABULARY) == ()


def test_it_is_a_word_where_it_is_all_that_is_said() -> None:
    assert [word.word for word in parse("free delivery", VOCABULARY).words] == ["free", "delivery"]


@pytest.mark.parametrize(
    ("query", "now", "corrections"),
    [
        ("addidas shos", "adidas shoes", [("addidas", "adidas"), ("shos", "shoes")]),
        ("Blak jeens", "black jeans", [("Blak", "black"), ("jeens", "jeans")]),
        ("bluejeans", "blue jeans", [("bluejeans", "blue jeans")]),
        ("hand bag under 50", "hand bag under 50", []),
        ("lether", "leather", [("lether", "leather")]),
        ("printed dial", "printed dial", []),
        ("whte shirt", "white shirt", [("whte", "white")]),  # as one name has it, too
        ("whte's shirt", "whte's shirt", []),
        ("once shirt", "once shirt", []),  # so is this, but it looks like nothing else
        ("van heuse shirt", "van heusen shirt", [("heuse", "heusen")]),
        ("black flip flos", "black flip flops", [("flos", "flops")]),
        ("casual shes", "casual shoes", [("shes", "shoes")]),  # she's has an apostrophe
        ("dres", "dres", []),  # unfinished, perhaps
        ("dres red", "dress red", [("dres", "dress")]),
        ("b0x9", "b0x9", []),
        ("zzzzzzzz", "zzzzzzzz", []),
        ("sneekers", "sneakers", [("sneekers", "sneakers")]),  # a synonym is known
        ("shoulde", "shoulde", []),  # but no single word of one: shoulder bag
    ],
)
def test_unknown_words_are_corrected(
    query: str, now: str, corrections: list[tuple[str, str]]
) -> None:
    assert corrected(query, VOCABULARY) == (now, [Correction(*pair) for pair in corrections])


@pytest.mark.parametrize(
    "query", ["", "   ", "()&|!:*'", "\u0301", "💃", "and", "under", "a" * 200]
)
def test_anything_can_be_typed(query: str) -> None:
    text, _ = corrected(query, VOCABULARY)
    assert parse(text, VOCABULARY).segments == ()


@pytest.mark.parametrize(
    ("query", "excluded", "kept"),
    [
        ("not black shoes", {"base_color": ["Black"]}, {"category": ["footwear/shoes"]}),
        ("shirts except blue", {"base_color": ["Blue", "Navy Blue", "Turquoise Blue"]}, {}),
        ("handbag other than red and maroon", {"base_color": ["Red", "Maroon"]}, {}),
        ("jeans not for women", {"gender": ["Women"]}, {"category": ["apparel/bottomwear/jeans"]}),
        ("watches but not casio", {"brand": ["Casio", "Casio Edifice"]}, {}),
        ("anything but white sneakers", {"base_color": ["White", "Off White"]}, {}),
        ("non-black handbag", {"base_color": ["Black"]}, {"category": ["accessories/bags/handbags"]}),
        ("jeans in any colour but black", {"base_color": ["Black"]}, {}),
        ("jeans besides black", {"base_color": ["Black"]}, {}),
        ("handbags neither red nor maroon", {"base_color": ["Red", "Maroon"]}, {}),
        ("shoes -black", {"base_color": ["Black"]}, {"category": ["footwear/shoes"]}),
        ("not black jeans and jackets", {"base_color": ["Black"]},
         {"category": ["apparel/bottomwear/jeans", "apparel/topwear/jackets"]}),
    ],
)  # fmt: skip
def test_a_negation_excludes_what_follows_it(
    query: str, excluded: dict[Attribute, list[str]], kept: dict[Attribute, list[str]]
) -> None:
    found = read(query)
    for attribute, values in excluded.items():
        assert set(found.excluded(attribute)) >= set(values)
        assert not set(found.values(attribute)) & set(values)
    for attribute, values in kept.items():
        assert found.values(attribute) == values


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("non printed tshirt", ["printed"]),
        ("dress without sleeves", ["sleeves"]),
        ("no leather handbag", ["leather"]),
        ("shirt, no checks", ["checks"]),
        ("unprinted shirt", ["printed"]),
        ("leather-free handbag", ["leather"]),
        ("heels no stilettos", ["stilettos"]),
        ("shirt no checks no dial", ["checks", "dial"]),
    ],
)
def test_a_negated_word_is_excluded(query: str, words: list[str]) -> None:
    assert read(query).excluded_words == words
    assert read(query).words == ()


@pytest.mark.parametrize(
    "query",
    ["shoes on sale", "Sale shoes", "30% off shoes", "shoes 20 % off", "discounted shoes",
     "shoes in clearance", "half-price shoes", "reduced shoes"],
)  # fmt: skip
def test_an_offer_is_for_reduced_products(query: str) -> None:
    found = read(query)
    assert (found.values("offer"), found.values("category")) == (["reduced"], ["footwear/shoes"])
    assert found.words == ()
    assert combined(found, Criteria(), VOCABULARY, "USD").filters["offer"] == ["reduced"]


@pytest.mark.parametrize("query", ["shoes for sale", "shoes not on sale", "wholesale shoes"])
def test_what_is_for_sale_need_not_be_reduced(query: str) -> None:
    assert read(query).values("offer") == []


def test_no_is_a_negation_unless_it_is_a_number_or_a_name() -> None:
    assert read("no 1 printed shirt").excluded_words == []
    assert read("no show shoes").values("category") == ["footwear/shoes"]
    assert read("no shoes").excluded("category") == ["footwear/shoes"]
    assert read("shirts nothing black").excluded("base_color") == ["Black"]
    assert read("nothing but black shirts").values("base_color") == ["Black"]


def test_a_negation_is_a_chip_that_can_be_removed() -> None:
    found = read("shoes not black")
    assert [(label_of(one.label), found.without(one)) for one in found.segments] == [
        ("Shoes", "not black"),
        ("Not Black", "shoes"),
    ]


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("cheapest shoes", ("price", "asc")), ("shoes, lowest price", ("price", "asc")),
        ("shoes at low price", ("price", "asc")),
        ("most expensive watch", ("price", "desc")), ("latest kurta", ("newest", "desc")),
        ("best selling jeans", ("popularity", "desc")), ("top rated jeans", ("rating", "desc")),
        ("least expensive jeans", ("price", "asc")), ("not too expensive jeans", ("price", "asc")),
        ("jeans that aren't expensive", ("price", "asc")), ("pricey jeans", ("price", "desc")),
        ("jeans cheaper than 50", None), ("jeans", None),
    ],
)  # fmt: skip
def test_a_query_may_ask_for_an_order(query: str, order: tuple[str, str] | None) -> None:
    assert read(query).sort == order
    assert read(query).words == ()


def test_a_usage_ranks_beside_a_kind_and_filters_without_one() -> None:
    assert read("gym shoes for the office").values("usage") == []
    assert read("gym shoes for the office").preferred("usage") == ["Formal"]
    assert read("something for the gym").values("usage") == ["Sports"]
    assert read("shoes i can wear to work").preferred("usage") == ["Formal"]


def test_what_comes_after_for_is_the_purpose() -> None:
    assert read("handbag for jeans").values("category") == ["accessories/bags/handbags"]
    assert read("shoes for running").values("category") == ["footwear/shoes/sports-shoes"]


def test_two_words_that_names_write_as_one_are_one() -> None:
    assert [word.word for word in read("spider man shirt").words] == ["spiderman"]
    assert [word.word for word in read("spider man").words] == ["spiderman"]
    assert [word.word for word in read("polo man").words] == ["polo"]


@pytest.mark.parametrize(
    ("query", "now"),
    [
        ("schwarze Schuhe", "black shoes"), ("Damenschuhe", "women shoes"),
        ("robe rouge", "dresses red"),
        ("zapatos rojos", "shoes red"), ("camisas azules", "shirts blue"), ("nike schuhe", "nike shoes"),
        ("красное платье", "red dresses"), ("लाल कुर्ता", "red kurtas"), ("黒い靴", "black shoes"),
        ("Tシャツ", "tshirts"), ("Schuhe unter 50", "shoes under 50"),
        ("scarpe senza cuoio", "shoes without leather"),
        ("kala kurta", "black kurta"), ("mahila ki ghadi", "women watches"), ("jersey", "jersey"),
        ("laal joote", "red shoes"), ("kleid ohne ärmel", "dresses sleeveless"),
        ("dress sans manches", "dress sleeveless"), ("Turnschuhe Größe 42", "sneakers size 42"),
        ("nicht schwarze Schuhe", "not black shoes"), ("chaussures sauf noires", "shoes except black"),
        ("кроссовки размер 42", "sneakers size 42"), ("रेशमी साड़ी", "silk sarees"),
        ("zapatos para mamá", "shoes for mom"), ("花柄 ドレス", "floral dresses"),
        ("500 से कम कुर्ता", "under 500 kurtas"), ("500 se kam joote", "under 500 shoes"),
        ("1000円以下の靴", "under 1000 yen shoes"), ("靴 5000円", "shoes 5000 yen"),
        ("Kleid zwischen 50 und 100 Euro", "dresses between 50 100 Euro"),
        ("vestido entre 30 y 60 euros", "dresses between 30 60 euros"),
        ("robe d'été", "dresses summer"), ("abito dell’estate", "dresses summer"),
        ("Langarmhemd", "long sleeve shirts"), ("camisa de manga corta", "shirts short sleeve"),
        ("hellblaues Hemd", "light blue shirts"), ("camisa azul claro", "shirts blue"),
        ("Cordhose", "trousers"), ("Daunenjacke Damen", "jackets women"), ("zzyshoes", "zzyshoes"),
        ("earring", "earring"), ("bluejeans", "blue jeans"), ("nightshirt", "nightshirt"),
        ("was kostet eine Tasche", "handbags"), ("купить платье недорого", "dresses cheap"),
        ("tief ausgeschnittenes Kleid", "tief ausgeschnittenes dresses"),  # and no tie
        ("cravate rouge", "ties red"), ("calze rosse", "socks red"), ("pantalón corto", "shorts"),
        ("cravate", "ties"), ("calze", "socks"), ("नीली चप्पल", "blue flip flops"),
        ("schuhe nkie", "shoes nike"),
        ("red shirt", "red shirt"), ("polo shirt", "polo shirt"), ("zzz", "zzz"),
    ],
)  # fmt: skip
def test_queries_in_other_languages_are_translated(query: str, now: str) -> None:
    assert corrected(query, VOCABULARY)[0] == now


@pytest.mark.parametrize(
    ("query", "attribute", "values"),
    [
        ("👗", "category", ["apparel/dress/dresses"]), ("🖤 👗", "base_color", ["Black"]),
        ("👗🖤", "base_color", ["Black"]), ("⌚️ for 👨", "gender", ["Men", "Unisex"]),
        ("⌚️ for 👨🏽", "gender", ["Men", "Unisex"]), ("🏃🏽‍♀️ jeans", "gender", ["Women", "Unisex"]),
    ],
)  # fmt: skip
def test_emoji_are_words(query: str, attribute: Attribute, values: list[str]) -> None:
    assert read(query).values(attribute) == values


@pytest.mark.parametrize("query", ["sofa", "racket", "strollers"])
def test_a_word_for_what_others_sell_is_not_corrected(query: str) -> None:
    assert corrected(query, VOCABULARY) == (query, [])


def test_an_english_word_is_corrected_only_to_what_has_a_meaning_here() -> None:
    assert corrected("heals", VOCABULARY) == ("heels", [Correction("heals", "heels")])
    assert corrected("teather", VOCABULARY)[0] == "leather"
    assert corrected("lewis jeans", VOCABULARY)[0] == "levis jeans"
    for english in ("dialed", "tether", "bans jeans"):  # Vans is English itself
        assert corrected(english, VOCABULARY) == (english, [])


def test_something_leatherless_has_no_leather() -> None:
    text, corrections = corrected("leatherless jacket", VOCABULARY)
    assert text == "without leather jacket"
    assert corrections == [Correction("leatherless", "without leather")]
    assert [word.word for word in read(text).words] == []
    assert read(text).excluded_words == ["leather"]


def test_other_shops_sell_what_has_no_name_here() -> None:
    assert VOCABULARY.is_sold_elsewhere("sofas")
    assert VOCABULARY.is_sold_elsewhere("icecream")
    assert not VOCABULARY.is_sold_elsewhere("handbag")


def test_words_of_a_brand_that_was_given_up_rank() -> None:
    query = read("vans jeans")
    [brand] = [segment for segment in query.segments if segment.attribute == "brand"]
    assert ranking_words(query, VOCABULARY) == ()
    ranked = ranking_words(query.dropping([brand]), VOCABULARY)
    assert [word.alternatives[0] for word in ranked] == [("vans",), ("jeans",)]


def test_a_shade_is_no_pair_of_shades() -> None:
    assert [word.word for word in read("red shade").words] == ["shade"]


def test_a_kind_may_be_named_the_other_way_round() -> None:
    assert read("shoes casual women").values("category") == ["footwear/shoes/casual-shoes"]
    assert read("shoes black").values("category") == ["footwear/shoes"]
