"""The generated products: the same for the same seed, in the shop's own vocabulary."""

from itertools import islice

import pytest

from storefront.catalog.colours import COLOURS, colour_named
from storefront.demo.assortment import LINES, PALETTES
from storefront.demo.drawing.key import article_slug, parse_key
from storefront.demo.drawing.wardrobe import WARDROBE
from storefront.demo.products import demo_products


def test_same_seed_makes_the_same_products() -> None:
    assert list(demo_products(300, seed=4)) == list(demo_products(300, seed=4))


def test_another_seed_makes_other_products() -> None:
    assert list(demo_products(100, seed=1)) != list(demo_products(100, seed=2))


def test_a_longer_catalogue_begins_with_the_shorter() -> None:
    assert list(demo_products(100)) == list(islice(demo_products(1_000_000), 100))


@pytest.mark.parametrize("count", [0, 1, 100, 1_237])
def test_as_many_products_as_asked_for(count: int) -> None:
    ids = [product.id for product in demo_products(count)]
    assert ids == list(range(101_000_001, 101_000_001 + count))


def test_colourways_of_a_style_differ_in_colour_alone() -> None:
    styles: dict[str, list[tuple[str | None, ...]]] = {}
    colours: dict[str, list[str]] = {}
    for product in demo_products(2_000):
        assert product.style is not None
        assert product.base_colour is not None
        shared = (
            product.name,
            product.brand,
            product.gender,
            product.article_type,
            product.material,
        )
        styles.setdefault(product.style, []).append(shared)
        colours.setdefault(product.style, []).append(product.base_colour)
    assert all(len(set(shared)) == 1 for shared in styles.values())
    assert all(len(set(of_style)) == len(of_style) <= 5 for of_style in colours.values())
    assert {len(of_style) for of_style in colours.values()} == {1, 2, 3, 4, 5}


def test_words_are_the_data_sets_own() -> None:
    for product in demo_products(3_000):
        assert product.gender in {"Men", "Women", "Boys", "Girls", "Unisex"}
        assert product.season in {"Summer", "Fall", "Winter", "Spring"}
        assert product.usage in {
            "Casual", "Sports", "Ethnic", "Formal", "Smart Casual", "Party", "Travel",
        }  # fmt: skip
        assert product.base_colour is not None
        assert colour_named(product.base_colour) is not None
        assert product.brand is not None
        assert product.name.startswith(f"{product.brand} {product.gender} ")
        assert "  " not in product.name
        assert product.description is not None
        assert product.description.count(". ") == 1


def test_every_palette_names_known_colours() -> None:
    for palette in PALETTES.values():
        for part in palette.split(","):
            assert colour_named(part.partition("*")[0]) is not None, part


def test_every_article_has_a_drawing_and_every_drawing_an_article() -> None:
    assert {article_slug(line.category[2]) for line in LINES} == set(WARDROBE)


def test_the_picture_shows_the_product() -> None:
    for product in demo_products(500):
        assert product.picture is not None
        key = parse_key(product.picture.key)
        assert key.article == article_slug(product.article_type)
        assert key.colour == (product.base_colour or "").lower().replace(" ", "-")


def test_all_colours_and_articles_are_on_offer() -> None:
    products = list(demo_products(20_000))
    assert {product.base_colour for product in products} == {colour.name for colour in COLOURS}
    assert len({product.article_type for product in products}) == len(LINES)


def test_a_colour_is_found_whatever_its_case() -> None:
    navy = colour_named("navy BLUE")
    assert navy is not None
    assert (navy.name, navy.family, navy.slug) == ("Navy Blue", "blue", "navy-blue")


def test_an_unknown_colour_is_none() -> None:
    assert colour_named("NA") is None


def test_products_of_two_seeds_never_have_the_same_number() -> None:
    first, other = ({product.id for product in demo_products(1_000, seed=seed)} for seed in (1, 2))
    assert not first & other
