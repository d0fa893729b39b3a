"""Queries as they are typed on a phone: words run together, units, abbreviations, names of people.

Judged by attributes before they were asked. Every second query of a kind is held out.
"""

from bench.judgements import Judged
from bench.judgements import graded as _q

_MEN, _WOMEN = ("Men", "Unisex"), ("Women", "Unisex")
_SHOES = ("Casual Shoes", "Sports Shoes", "Formal Shoes")
_KIDS = ("Boys", "Girls")

JUDGED: tuple[Judged, ...] = (
    # --- written as one ---
    _q("log", "pumashoesformen", {"kind": _SHOES, "brand": ["Puma"], "gender": _MEN}),
    _q("log", "adidastshirtmen", {"kind": ["Tshirts"], "brand": ["ADIDAS"], "gender": _MEN}),
    _q("log", "redsareeforwomen", {"kind": ["Sarees"], "colour": ["Red", "Maroon"]}),
    _q("log", "titanwatchwomen", {"kind": ["Watches"], "brand": ["Titan"], "gender": _WOMEN}),
    _q("log", "blackheelsforwomen", {"kind": ["Heels"], "colour": ["Black"]}),
    _q("log", "whiteformalshirt", {"kind": ["Shirts"], "colour": ["White"], "usage": ["Formal"]},
       {"kind": ["Shirts"], "colour": ["White"]}),
    _q("log", "fastracksunglassesformen",
       {"kind": ["Sunglasses"], "brand": ["Fastrack"], "gender": _MEN}),
    _q("log", "girlsjeans", {"kind": ["Jeans"], "gender": ["Girls"]}),
    # --- what is not said of a product ---
    _q("log", "trending watches for men", {"kind": ["Watches"], "gender": _MEN}),
    _q("log", "hrithik roshan jacket", {"kind": ["Jackets"]}),
    _q("log", "fancy heels limited offer", {"kind": ["Heels"]}),
    _q("log", "priyanka chopra saree", {"kind": ["Sarees"]}),
    # --- abbreviations and spellings ---
    _q("feature", "ck perfume", {"brand": ["Calvin Klein"], "kind": ["Perfume and Body Mist"]},
       {"kind": ["Perfume and Body Mist"]}),
    _q("feature", "22 litre backpack", {"kind": ["Backpacks"], "word": "22L|22 ltr"},
       {"kind": ["Backpacks"]}),
    _q("feature", "mocassins men", {"word": "moc+as+in", "gender": _MEN},
       {"kind": ["Casual Shoes", "Formal Shoes"], "gender": _MEN}),
    _q("feature", "low waist jeans women", {"kind": ["Jeans"], "gender": _WOMEN,
        "word": "low[- ]?rise|low waist"}, {"kind": ["Jeans"], "gender": _WOMEN}),
    _q("feature", "stilletos black", {"kind": ["Heels"], "colour": ["Black"], "word": "stiletto"},
       {"kind": ["Heels"], "colour": ["Black"]}),
    _q("feature", "schwarze Keilabsatz", {"kind": ["Heels"], "colour": ["Black"], "word": "wedge"},
       {"kind": ["Heels"], "colour": ["Black"]}),
    _q("feature", "baby clothes 3 months", {"kind": ["Rompers", "Booties"]},
       {"gender": _KIDS, "word": "infant"}),
    _q("feature", "newborn baby", {"kind": ["Rompers", "Booties"]},
       {"gender": _KIDS, "word": "infant"}),
)  # fmt: skip
