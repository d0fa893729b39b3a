"""Queries as they are spoken: whole sentences, other languages, ages and relatives, what is not wanted.

Judged by rules over attributes before they were asked. Every second query of a kind is held out; those
were written after the others had been tuned on.
"""

from typing import Any

from bench.judgements import Judged, Rule
from bench.judgements import graded as _q

_MEN, _WOMEN = ("Men", "Unisex"), ("Women", "Unisex")
_FOOTWEAR = ("Casual Shoes", "Sports Shoes", "Formal Shoes", "Heels", "Flats", "Sandals")
_SHOES = ("Casual Shoes", "Sports Shoes", "Formal Shoes")
_BLUES = ("Blue", "Navy Blue", "Turquoise Blue")
_BROWNS = ("Brown", "Coffee Brown", "Tan", "Mushroom Brown")
_REDS = ("Red", "Maroon", "Burgundy")


def _any(kind: str, query: str, *kinds: str, **more: Any) -> Judged:
    """These kinds, with the rest of the query: 3."""
    return Judged(kind, query, {3: [Rule(kind=kinds, **more)]})


def _rather(kind: str, query: str, *kinds: str, word: str, **more: Any) -> Judged:
    """The kinds, with the rest of the query and the word in their name: 3; without the word: 1."""
    return _q(kind, query, {"kind": kinds, "word": word, **more}, {"kind": kinds, **more})


JUDGED: tuple[Judged, ...] = (
    # --- other languages: what something is for or has, relatives, ages, brands in other scripts ---
    _any("language", "Gürtel für Anzughose schwarz", "Belts", colour=["Black"]),
    _any("language", "Krawatte für meinen Bruder blau", "Ties", colour=_BLUES),
    _any("language", "montre pour homme pas trop chère", "Watches", gender=_MEN),
    _any("language", "sac pour ma sœur rouge", "Handbags", "Clutches", colour=_REDS),
    _any(
        "language",
        "sandales femme ni noires ni marron",
        "Sandals",
        "Flats",
        "Heels",
        "Sports Sandals",
        gender=_WOMEN,
        not_colour=["Black", *_BROWNS],
    ),
    _any(
        "language",
        "chemises ni blanches ni noires homme",
        "Shirts",
        gender=_MEN,
        not_colour=["White", "Black", "Off White"],
    ),
    _any(
        "language", "reloj para mi esposo menos de 100 dólares", "Watches", gender=_MEN, below=100
    ),
    _any("language", "zapatos para mi esposa rojos", *_FOOTWEAR, gender=_WOMEN, colour=_REDS),
    _rather("language", "chaqueta vaquera mujer", "Jackets", gender=_WOMEN, word=".*(denim|jean)"),
    _rather("language", "camisa vaquera hombre", "Shirts", gender=_MEN, word=".*denim"),
    _any("language", "dulhan ke liye lal saree", "Sarees", colour=_REDS),
    _any("language", "bhai ke liye kali ghadi", "Watches", gender=_MEN, colour=["Black"]),
    _any("language", "母へのプレゼント 腕時計", "Watches", gender=_WOMEN),
    _any("language", "アディダスの靴 メンズ", *_SHOES, gender=_MEN, brand=["ADIDAS"]),
    _any("language", "プリントなしのTシャツ", "Tshirts", not_word=".*print"),
    _any(
        "language",
        "найк кроссовки женские",
        "Sports Shoes",
        "Casual Shoes",
        brand=["Nike"],
        gender=_WOMEN,
    ),
    # --- whole sentences ---
    _any(
        "question",
        "which top could I get for my 7 year old niece",
        "Tops",
        "Tshirts",
        gender=["Girls", "Unisex"],
    ),
    _any(
        "question",
        "do you have any t-shirts for my 5 year old nephew that aren't red",
        "Tshirts",
        gender=["Boys", "Unisex"],
        not_colour=["Red"],
    ),
    _any(
        "question",
        "no prints please, only a plain blue shirt for my dad",
        "Shirts",
        gender=_MEN,
        colour=_BLUES,
        not_word=".*print",
    ),
    _rather(
        "question",
        "i don't want leather, just a canvas belt for men",
        "Belts",
        gender=_MEN,
        word=".*canvas",
    ),
    _q(
        "question",
        "I need something to wear to a party",
        {"master": ["Apparel"], "usage": ["Party"]},
        {"master": ["Apparel"], "usage": ["Ethnic", "Formal"]},
    ),
    _q(
        "question",
        "what can I wear to my best friend's wedding",
        {"master": ["Apparel"], "usage": ["Ethnic", "Party"]},
    ),
    # --- prices ---
    _any("price", "perfume thirty to fifty", "Perfume and Body Mist", above=30, below=50),
    _any("price", "watches one hundred to two hundred", "Watches", above=100, below=200),
    _any("price", "dress at most 1 hundred dollars", "Dresses", below=100),
    _any("price", "watch for men under 2 hundred", "Watches", gender=_MEN, below=200),
    _any("price", "sports shoes starting 50 upto 80", "Sports Shoes", above=50, below=80),
    _any("price", "handbags starting from 100", "Handbags", above=100),
    _any("price", "tops from 10 till 20", "Tops", above=10, below=20),
    _any("price", "belts between 15 & 25", "Belts", above=15, below=25),
    # --- what is not wanted ---
    _any(
        "negation",
        "sports shoes men excluding nike adidas",
        "Sports Shoes",
        gender=_MEN,
        not_brand=["Nike", "ADIDAS"],
    ),
    _any(
        "negation",
        "watches without titan fastrack casio",
        "Watches",
        not_brand=["Titan", "Fastrack", "CASIO"],
    ),
    _any("negation", "no black, just brown wallets", "Wallets", colour=_BROWNS),
    _any(
        "negation", "not pink but purple nail polish", "Nail Polish", colour=["Purple", "Lavender"]
    ),
    # --- nothing of the kind ---
    Judged("nothing", "tent for camping 4 person", {}),
    Judged("nothing", "table for 6 people", {}),
    Judged("nothing", "une machine à laver", {}),
    Judged("nothing", "oven for pizza", {}),
    Judged("nothing", "helmet for cycling", {}),
    Judged("nothing", "bottle warmer for milk", {}),
    # --- slips and other names ---
    _any("log", "wallat lethr brwon", "Wallets", colour=_BROWNS),
    _any("log", "lthr belt blck", "Belts", colour=["Black"]),
    _any("log", "nailpolsh pinck", "Nail Polish", colour=["Pink", "Magenta", "Rose"]),
    _any("log", "formlshoes brown", "Formal Shoes", colour=_BROWNS),
    _any("log", "knickers cotton", "Briefs", gender=_WOMEN),
    _any("log", "black panties", "Briefs", gender=_WOMEN, colour=["Black"]),
    _rather("log", "3 pcs bangle set", "Bangle", word=".*set of"),
    _rather("log", "socks 3 pieces", "Socks", word=".*(pack|set) of (3|three)"),
    _any("log", "pocketbook brown", "Handbags", "Wallets", colour=_BROWNS),
    _any("log", "mini purse black", "Handbags", "Clutches", "Wallets", colour=["Black"]),
    _rather("log", "wellies men", "Casual Shoes", "Formal Shoes", gender=_MEN, word=".*boot"),
    _any("log", "kiddies sandals", "Sandals", "Flats", gender=["Boys", "Girls", "Unisex"]),
    _any("log", "strippd polo tshrit", "Tshirts", word=".*(strip|polo)"),
    _any("log", "sportshos nike", "Sports Shoes", brand=["Nike"]),
    # --- who a gift is for ---
    _any("need", "gift for 8 year old", gender=["Boys", "Girls", "Unisex"]),
    _any("need", "present for my 6 year old son", gender=["Boys", "Unisex"]),
)
