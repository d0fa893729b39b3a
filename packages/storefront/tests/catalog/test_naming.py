import pytest

from storefront.catalog import naming
from storefront.catalog.colours import family_of

NAMES = [
    "Puma Women Squad Purple Capri",
    "Puma Men Phantom Blue Shoes",
    "PUMA Men White Shoes",
    "Puma Unisex Cap",
    *(f"Turtle Men Shirt {n}" for n in range(9)),
    *(f"Turtle Check Men Shirt {n}" for n in range(3)),
    *("United Colors of Benetton Men Green Sweater",) * 3,
    "Once Men Seen",
    "No one says for whom",
]


@pytest.mark.parametrize(
    ("name", "brand"),
    [
        ("Puma Women Squad Purple Capri", "Puma"),
        ("PUMA mens thing", "Puma"),
        ("Turtle Check Men Navy Blue Shirt", "Turtle"),
        ("United Colors of Benetton Men Green Sweater", "United Colors of Benetton"),
        ("Puma", "Puma"),
        ("Once Men Seen", None),
        ("Pumas of the world", None),
        ("", None),
    ],
)
def test_brand_is_what_opens_the_name(name: str, brand: str | None) -> None:
    assert naming.BrandNames(NAMES).brand_of(name) == brand


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Puma Women Squad Purple Capri", "squad"),
        ("Puma Women Squad Green Capris", "squad"),
        ("Puma Women Purple Capri", None),
        ("Puma Women Solid Purple Capri", None),
        ("Puma Women's Printed Squad Capri", "printed squad"),
    ],
)
def test_design_is_what_is_left_of_the_name(name: str, words: str | None) -> None:
    colour = "Green" if "Green" in name else "Purple"
    found = naming.design(name, brand="Puma", article_type="Capris", colour=colour)
    assert found == words


@pytest.mark.parametrize(
    ("text", "slug"),
    [("Café & Crème, 2", "cafe-creme-2"), ("  Tshirts ", "tshirts"), ("日本", ""), ("a--b", "a-b")],
)
def test_slug_keeps_what_an_address_can_hold(text: str, slug: str) -> None:
    assert naming.slug(text) == slug


@pytest.mark.parametrize(
    "names",
    [
        ("H & M", "H&M", "h&m"),
        ("Navy Blue", "navyblue", "navy-blue", "NAVY – BLUE"),
        ("L'Oréal", "L’Oréal", "LOréal"),
        ("2 XL", "2XL", "2-xl"),
        ("6-8Y", "6 - 8 Y"),
    ],
)
def test_names_that_differ_in_case_apostrophes_hyphens_or_blanks_are_one(
    names: tuple[str, ...],
) -> None:
    assert len(set(map(naming.name_key, names))) == 1


@pytest.mark.parametrize(
    "names",
    [
        ("A", "A+", "A."),
        ("10-12", "1012", "10 12", "10/12"),
        ("1 1/2", "11/2"),
        ("5'11", "511"),
        ("A", "A-"),
        ("9½", "91/2", "9"),
        ("©", "®"),
    ],
)
def test_names_that_differ_otherwise_are_several(names: tuple[str, ...]) -> None:
    assert len(set(map(naming.name_key, names))) == len(names)


@pytest.mark.parametrize(
    "labels",
    [("42,5", "42.5"), ("9½", "9 1/2"), ("36⅔", "36 2/3"), ("10-12", "10 – 12"), ("2XL", "2-xl")],
)
def test_sizes_are_one_however_they_are_written(labels: tuple[str, ...]) -> None:
    assert len(set(map(naming.size_key, labels))) == 1


@pytest.mark.parametrize("labels", [("42,5", "425"), ("36/38", "36.38"), ("9½", "9 1/3")])
def test_other_sizes_are_several(labels: tuple[str, ...]) -> None:
    assert len(set(map(naming.size_key, labels))) == len(labels)


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("gray", "grey"),
        ("Navy", "blue"),
        ("Multi-Colour", "multi"),
        ("Light Gray", "grey"),
        ("Dark Navy Blue", "blue"),
        ("Heather-Grey", "grey"),
        ("Rose Gold", "metallic"),
        ("Navy/White", "multi"),
        ("Blue and Light Blue", "blue"),
        ("Black, White & Red", "multi"),
        ("Nebula", None),
        ("Navy/Nebula", None),
        ("/", None),
    ],
)
def test_the_words_of_a_colour_say_its_family(name: str, family: str | None) -> None:
    assert family_of(name) == family
