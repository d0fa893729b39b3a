import pytest

from storefront.catalog import naming

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
    ],
)
def test_names_that_differ_otherwise_are_several(names: tuple[str, ...]) -> None:
    assert len(set(map(naming.name_key, names))) == len(names)
