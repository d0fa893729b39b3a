"""More queries of the kinds log, feature and need, all of them to tune on: none is held out.

Judged by rules over attributes before they were asked. Where no name has the feature, any product of the
kind is as good as could be.
"""

from typing import Any

from bench.judgements import Judged, Rule
from bench.judgements import graded as _q

_MEN, _WOMEN = ("Men", "Unisex"), ("Women", "Unisex")
_KIDS = ("Boys", "Girls")
_BLUES = ("Blue", "Navy Blue", "Turquoise Blue")
_SHOES = ("Casual Shoes", "Sports Shoes", "Formal Shoes")
_SANDALS = ("Heels", "Sandals", "Flats")
_PACKS = ("Backpacks", "Rucksacks", "Laptop Bag", "Messenger Bag")
_WARM = ("Sweaters", "Sweatshirts", "Jackets", "Mufflers", "Scarves", "Gloves", "Stoles", "Shrug")


def _any(kind: str, query: str, *best: dict[str, Any]) -> Judged:
    """Each of these rules: 3."""
    return Judged(kind, query, {3: [Rule(**rule) for rule in best]})


def _feature(query: str, word: str, *kinds: str, **more: Any) -> Judged:
    """A kind whose name has the word: 3; the kind: 1."""
    return _q("feature", query, {"kind": kinds, "word": word, **more}, {"kind": kinds})


JUDGED: tuple[Judged, ...] = (
    # --- as typed into a marketplace: no grammar, half words, misspelt ---
    _q("log", "nike blk tshirt", {"kind": ["Tshirts"], "brand": ["Nike"], "colour": ["Black"]},
       {"kind": ["Tshirts"], "brand": ["Nike"]}, {"brand": ["Nike"]}),
    _q("log", "puma shoe mens blck",
       {"kind": _SHOES, "brand": ["Puma"], "colour": ["Black"], "gender": _MEN},
       {"kind": _SHOES, "brand": ["Puma"]}),
    _q("log", "adidas trackpant navy",
       {"kind": ["Track Pants"], "brand": ["ADIDAS"], "colour": _BLUES},
       {"kind": ["Track Pants"]}),
    _q("log", "fastrak watch ladies", {"kind": ["Watches"], "brand": ["Fastrack"], "gender": _WOMEN},
       {"kind": ["Watches"], "gender": _WOMEN}, {"brand": ["Fastrack"]}),
    _q("log", "wht formal shirt mens full sleeve",
       {"kind": ["Shirts"], "usage": ["Formal"], "colour": ["White"], "gender": _MEN},
       {"kind": ["Shirts"], "colour": ["White"], "gender": _MEN}),
    _q("log", "womens kurti long red", {"kind": ["Kurtas", "Kurtis"], "gender": _WOMEN,
        "colour": ["Red", "Maroon"]}, {"kind": ["Kurtas", "Kurtis"], "gender": _WOMEN}),
    _q("log", "sport shoe womens pink", {"kind": ["Sports Shoes"], "gender": _WOMEN,
        "colour": ["Pink"]}, {"kind": ["Sports Shoes"], "gender": _WOMEN}),
    _q("log", "mens wallet lether brown", {"kind": ["Wallets"], "colour": ["Brown", "Tan",
        "Coffee Brown"], "gender": _MEN}, {"kind": ["Wallets"], "gender": _MEN}),
    _q("log", "ladies hand bag blck", {"kind": ["Handbags"], "colour": ["Black"], "gender": _WOMEN},
       {"kind": ["Handbags"]}),
    _q("log", "school bags for boys", {"kind": ["Backpacks"], "gender": [*_KIDS, "Unisex", "Men"]},
       {"kind": ["Backpacks"]}),
    _q("log", "casual shoes men under armour", {"kind": ["Casual Shoes"], "gender": _MEN},
       {"kind": _SHOES, "gender": _MEN}),
    _q("log", "jeans mens slim fit dark blue",
       {"kind": ["Jeans"], "gender": _MEN, "colour": _BLUES, "word": "slim|skinny"},
       {"kind": ["Jeans"], "gender": _MEN, "colour": _BLUES},
       {"kind": ["Jeans"], "gender": _MEN}),
    _q("log", "girls frock pink 3 years", {"kind": ["Dresses"], "gender": ["Girls"],
        "colour": ["Pink"]}, {"kind": ["Dresses"], "gender": ["Girls"]}),
    _q("log", "mens boxer pack of 3", {"kind": ["Boxers", "Trunk", "Briefs"], "gender": _MEN,
        "word": "pack of 3|pack of three"}, {"kind": ["Boxers", "Trunk", "Briefs"], "gender": _MEN}),
    _q("log", "lakme lipstik red shade", {"kind": ["Lipstick"], "brand": ["Lakme"],
        "colour": ["Red", "Maroon", "Burgundy"]}, {"kind": ["Lipstick"], "brand": ["Lakme"]}),
    _q("log", "ladies flat chappal black", {"kind": ["Flats", "Flip Flops", "Sandals"],
        "gender": _WOMEN, "colour": ["Black"]},
       {"kind": ["Flats", "Flip Flops", "Sandals"], "gender": _WOMEN}),
    _q("log", "men blazer black formal", {"kind": ["Blazers"], "gender": _MEN},
       {"kind": ["Suits", "Waistcoat"]}),
    _q("log", "titan watch mens steel strap", {"kind": ["Watches"], "brand": ["Titan"],
        "gender": _MEN}, {"kind": ["Watches"], "gender": _MEN}),
    # --- features ---
    _feature("handbag with pockets", "", "Handbags"),
    _feature("v neck tshirt men", "v-?neck|v neck", "Tshirts", "Innerwear Vests", gender=_MEN),
    _feature("full sleeve shirt", "", "Shirts"),
    _feature("slim fit shirt white", "slim", "Shirts", colour=["White"]),
    _feature("sweatshirt with hood", "hood", "Sweatshirts"),
    _feature("wallet with zip", "zip", "Wallets"),
    _feature("waterproof kajal", "waterproof", "Kajal and Eyeliner"),
    _feature("full coverage bra", "full", "Bra"),
    _feature("strapless bra", "strapless", "Bra"),
    _feature("low rise briefs", "low", "Briefs"),
    _feature("lace up shoes casual", "lace", "Casual Shoes"),
    _feature("leather strap watch women", "leather|strap", "Watches", gender=_WOMEN),
    _feature("digital watch", "digital", "Watches"),
    _feature("chronograph", "chrono", "Watches"),
    _feature("aviator sunglasses black", "aviator", "Sunglasses"),
    _feature("polka dot dress", "polka", "Dresses"),
    _feature("round neck tee women", "round", "Tshirts", gender=_WOMEN),
    _feature("fleece jacket", "fleece", "Jackets"),
    _feature("matte lipstick", "matte", "Lipstick"),
    _feature("canvas sneakers", "canvas", "Casual Shoes", "Sports Shoes"),
    _feature("cargo shorts men", "cargo", "Shorts", gender=_MEN),
    _feature("mid ankle shoes", "mid", *_SHOES),
    # There are none with velcro for them; of Kids Unisex shoes the name says whom they are for.
    _any("feature", "velcro shoes kids", {"kind": _SHOES, "gender": _KIDS},
         {"kind": _SHOES, "word": "kid"}),
    _feature("button down collar shirt", "", "Shirts"),
    _feature("tote bag with zipper", "tote", "Handbags"),
    _feature("sleeveless kurta", "sleeveless", "Kurtas", "Kurtis"),
    # --- needs ---
    _any("need", "something for my wrist", {"kind": ["Watches", "Bracelet", "Bangle", "Wristbands"]}),
    _any("need", "bag for the gym", {"kind": ["Duffel Bag", "Backpacks"]}),
    _any("need", "outfit for office", {"usage": ["Formal"]}),
    _any("need", "what to wear to a wedding", {"usage": ["Ethnic", "Party"]}),
    _any("need", "shoes to run in", {"kind": ["Sports Shoes"]}),
    _any("need", "carry my books to college", {"kind": _PACKS}),
    _any("need", "keep my feet warm", {"kind": ["Socks", "Booties", "Stockings"]}),
    _any("need", "protect my skin from the sun", {"kind": ["Sunscreen"]}),
    _any("need", "stay dry in the rain", {"kind": ["Rain Jacket", "Umbrellas", "Rain Trousers"]}),
    _any("need", "hold my trousers up", {"kind": ["Belts", "Suspenders"]}),
    _any("need", "gift for a man who has everything", {"kind": ["Accessory Gift Set",
         "Fragrance Gift Set", "Watches", "Wallets", "Perfume and Body Mist", "Cufflinks", "Ties"]}),
    _any("need", "something comfortable to walk in", {"kind": [*_SHOES, "Flats", "Sports Sandals"]}),
    _any("need", "go swimming", {"kind": ["Swimwear"]}),
    _any("need", "to put my phone in", {"kind": ["Mobile Pouch"]}, {"kind": ["Waist Pouch"]}),
    _any("need", "hide dark circles", {"kind": ["Concealer", "Eye Cream"]}),
    _any("need", "clothes for yoga", {"usage": ["Sports"], "master": ["Apparel"]}),
    _any("need", "for a cold morning", {"kind": _WARM}),
    _any("need", "bag for a weekend trip", {"kind": ["Duffel Bag", "Trolley Bag", "Backpacks",
         "Rucksacks"]}),
    _any("need", "remove make up", {"kind": ["Makeup Remover", "Face Wash and Cleanser", "Toner"]}),
    _any("need", "footwear for the beach", {"kind": ["Flip Flops", "Sandals", "Flats"]}),
    _any("need", "something to drink water from", {"kind": ["Water Bottle"]}),
    _any("need", "shade my eyes", {"kind": ["Sunglasses", "Caps", "Hat"]}),
)  # fmt: skip
