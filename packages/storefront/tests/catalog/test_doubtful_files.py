"""Values that are probably others: they are taken, and doubted."""

from pathlib import Path

import pytest

from packages.storefront.tests.catalog.own_files import of_row
from storefront.catalog.source import SourceProduct


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("brand", "Lооkаlik", "has the word 'Lооkаlik' of Cyrillic and Latin letters"),
        ("article_type", "Shirtѕ", "has the word 'Shirtѕ' of Cyrillic and Latin letters"),
        ("name", "Ð ÑƒÐ±Ð°ÑˆÐºÐ°", "was probably 'Рубашка'"),
        ("name", "РџСЂРёРІРµС‚", "was probably 'Привет'"),
        ("size", "42.0", "was probably '42'"),
        ("size", "44927", "was probably a range such as 10-12"),
        ("size", "TRUE", "was probably another text"),
        ("size", "S|M|L", "names several sizes"),
        ("size", "S; M", "names several sizes"),
        ("size", '"S, M, L"', "names several sizes"),
        ("size", '"36,38,40"', "names several sizes"),
        ("size", '"[""S""]"', "names several sizes"),
        ("size", "S/M/L/XL", "names several sizes"),
        ("size", "s m l", "names several sizes"),
        ("size", "XS-S-M-2XL", "names several sizes"),
        ("size", '"{""eu"": ""42""}"', "has JSON"),
        ("description", '"{""en"": ""Soft"", ""de"": ""Weich""}"', "has JSON"),
        ("material", "\"['Cotton', 'Linen']\"", "has JSON"),
        ("description", r"Soft.\nWarm.", r"has '\\n'"),
        ("name", r"Caf\u00e9 Shirt", r"has '\\u00e9'"),
        ("brand", r"Levi\'s", 'has "\\\\\'"'),
        ("master_category", "Apparel > Topwear", "names several levels"),
        ("name", "Gr”áe", "perhaps a letter of another encoding"),
        ("brand", "Ko¹ile", "perhaps a letter of another encoding"),
        ("colour", "grŸn", "perhaps a letter of another encoding"),
        ("picture", "shop/missing.jpg", "is not in the picture store"),
    ],
)
def test_what_is_probably_something_else_is_taken_and_doubted(
    tmp_path: Path, column: str, value: str, said: str
) -> None:
    found = of_row(tmp_path, **{column: value})
    assert isinstance(found, SourceProduct)
    [doubt] = found.doubts
    assert doubt.startswith(column)
    assert said in doubt


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("name", "Рубашка С 5 пуговицами"),
        ("name", "T-shirt Рубашка"),
        ("name", "Größe 5 µm"),
        ("name", "Ελληνικά Shirt"),
        ("name", "Levi’s “501” Jeans¹"),
        ("brand", "A×B"),
        ("brand", "Škoda"),
        ("size", "8.5"),
        ("size", "110"),
        ("size", "XS/S"),
        ("size", "S - M"),
        ("size", "UK 8 / US 10 / EU 36"),
        ("name", r"AC\DC Shirt"),
        ("description", "[new] Soft"),
        ("description", "{soft}"),
        ("size", "32-34"),
        ("size", '"42,5"'),
        ("sub_category", "Innerwear/Sleepwear"),
        ("picture", "drawn/shirt.png"),
    ],
)
def test_what_may_well_be_meant_is_not_doubted(tmp_path: Path, column: str, value: str) -> None:
    found = of_row(tmp_path, **{column: value})
    assert isinstance(found, SourceProduct)
    assert found.doubts == ()


def test_a_picture_that_is_stored_is_not_doubted(tmp_path: Path) -> None:
    stored = tmp_path / "pictures" / "originals" / "shop" / "a.jpg"
    stored.parent.mkdir(parents=True)
    stored.write_bytes(b"")
    found = of_row(tmp_path, picture="shop/a.jpg")
    assert isinstance(found, SourceProduct)
    assert found.doubts == ()
