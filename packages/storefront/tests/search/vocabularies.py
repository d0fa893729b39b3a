"""A small catalogue's vocabulary, for tests of what queries mean."""

from pathlib import Path

import storefront.search
from storefront.search.language.meanings import Term
from storefront.search.language.vocabulary import Vocabulary
from storefront.search.read_model import vocabulary_reader

SYNONYMS = Path(storefront.search.__file__).parent / "language" / "synonyms.txt"

_CATEGORIES = {
    "apparel": ("Apparel", 800), "apparel/topwear": ("Topwear", 600),
    "apparel/topwear/tshirts": ("Tshirts", 200), "apparel/topwear/shirts": ("Shirts", 150),
    "apparel/topwear/kurtas": ("Kurtas", 120), "apparel/topwear/kurtis": ("Kurtis", 20),
    "apparel/topwear/jackets": ("Jackets", 60), "apparel/topwear/dupatta": ("Dupatta", 10),
    "apparel/bottomwear/jeans": ("Jeans", 50), "apparel/bottomwear/shorts": ("Shorts", 40),
    "apparel/dress": ("Dress", 32), "apparel/dress/dresses": ("Dresses", 30),
    "apparel/dress/jumpsuit": ("Jumpsuit", 2), "apparel/innerwear/bra": ("Bra", 20),
    "footwear/shoes": ("Shoes", 300), "footwear/shoes/casual-shoes": ("Casual Shoes", 120),
    "footwear/shoes/sports-shoes": ("Sports Shoes", 100), "footwear/shoes/heels": ("Heels", 40),
    "footwear/flip-flops/flip-flops": ("Flip Flops", 30),
    "accessories": ("Accessories", 400), "accessories/accessories": ("Accessories", 9),
    "accessories/bags/handbags": ("Handbags", 80), "accessories/watches/watches": ("Watches", 70),
    "personal-care/skin": ("Skin", 7),
}  # fmt: skip
_COLOURS = ("Blue", "Navy Blue", "Turquoise Blue", "Black", "White", "Off White", "Skin", "Red",
            "Maroon", "Grey")  # fmt: skip
_BRANDS = {
    "Nike": 50, "ADIDAS": 45, "Levis": 20, "Levi's": 5, "United Colors of Benetton": 40,
    "Gini and Jony": 30, "Gini & Jony": 3, "Red Rose": 10, "Casio": 8, "Casio Edifice": 6,
    "Vans": 12, "Van Heusen": 11, "Denim": 3, "AND": 4, "W": 20,
}  # fmt: skip
_WORDS = {"printed": 90, "leather": 60, "denim": 30, "polo": 50, "shirt": 300, "black": 200,
          "women": 300, "checked": 40, "bluetooth": 4, "dial": 40, "once": 1,
          "collage": 9, "salmon": 9, "metallic": 9, "metalic": 2, "mocassins": 1,
          "copper": 9, "cooper": 9, "fila": 9, "filla": 1, "whte": 1, "white": 900, "house": 9,
          "spiderman": 17, "spider": 17, "drifit": 5, "dri": 6, "fit": 30, "jersey": 40}  # fmt: skip


def vocabulary(*own_synonyms: tuple[str, str]) -> Vocabulary:
    """The same each time. own_synonyms: the merchant's, as (term, meaning)."""
    terms = [Term("category", name, path, count) for path, (name, count) in _CATEGORIES.items()]
    terms += [Term("base_color", name, name, 10) for name in _COLOURS]
    terms += [Term("brand", name, name, count) for name, count in _BRANDS.items()]
    terms += [
        Term("gender", name, name, 10) for name in ("Men", "Women", "Unisex", "Boys", "Girls")
    ]
    terms += [Term("season", name, name, 10) for name in ("Summer", "Winter", "Fall")]
    terms += [Term("size", name, name, 10) for name in ("S", "M", "XL", "42")]
    terms += [Term("word", name, name, count) for name, count in _WORDS.items()]
    terms += [Term("usage", name, name, 10) for name in ("Casual", "Formal", "Sports")]
    return vocabulary_reader.build(terms, own_synonyms)
