"""More queries as logs of shops have them: run together, without vowels, with units, in odd order.

Judged by rules over attributes before they were asked. Every second query of a kind is held out; those
were written after the others had been tuned on.
"""

from typing import Any

from bench.judgements import Judged, Rule
from bench.judgements import graded as _q

_MEN, _WOMEN = ("Men", "Unisex"), ("Women", "Unisex")
_KIDS = ("Boys", "Girls")
_SHOES = ("Casual Shoes", "Sports Shoes", "Formal Shoes")
_FOOTWEAR = (*_SHOES, "Heels", "Flats")
_PACKS = ("Backpacks", "Rucksacks")
_BLUES = ("Blue", "Navy Blue", "Turquoise Blue")


def _thing(kind: str, query: str, word: str, *kinds: str, **more: Any) -> Judged:
    """The kinds, with the rest of the query and the word in their name: 3; without the word: 1."""
    return _q(kind, query, {"kind": kinds, "word": word, **more}, {"kind": kinds, **more})


def _any(kind: str, query: str, *kinds: str, **more: Any) -> Judged:
    """These kinds, with the rest of the query: 3."""
    return Judged(kind, query, {3: [Rule(kind=kinds, **more)]})


JUDGED: tuple[Judged, ...] = (
    # --- an unknown brand or another word before a kind, as one ---
    _any("log", "balenciagashoes", *_FOOTWEAR),
    _any("log", "versaceshoes", *_FOOTWEAR),
    _any("log", "pradabags", sub=["Bags"]),
    _any("log", "rolexwatches", "Watches"),
    _any("log", "pumashoes", *_SHOES, "Flats", brand=["Puma"]),
    _any("log", "casiowatches", "Watches", word=".*casio"),
    _any("log", "whiteshirt", "Shirts", colour=["White"]),
    _any("log", "blackjeans", "Jeans", colour=["Black"]),
    # --- without vowels, and slips of the keyboard ---
    _any("log", "jns mens", "Jeans", gender=_MEN),
    _any("log", "drss fr women", "Dresses", gender=_WOMEN),
    _q("log", "mns frml shrts", {"kind": ["Shirts"], "gender": _MEN, "usage": ["Formal"]},
       {"kind": ["Shirts"], "gender": _MEN}),
    _any("log", "prfm for men", "Perfume and Body Mist", gender=_MEN),
    _any("log", "snglsses", "Sunglasses"),
    _any("log", "bckpck blue", "Backpacks", colour=_BLUES),
    _any("log", "nkie shoes", *_SHOES, brand=["Nike"]),
    _any("log", "trousres mens", "Trousers", gender=_MEN),
    # --- numbers and units ---
    _q("log", "30 litre rucksack", {"kind": ["Rucksacks"]}, {"kind": _PACKS, "word": ".*30 ?l"},
       {"kind": _PACKS}),
    _q("log", "25 ltr backpack", {"kind": _PACKS, "word": ".*25 ?l"},
       {"kind": _PACKS, "word": r".*\d+ ?l"}, {"kind": _PACKS}),
    _thing("log", "50 gm cream", ".*50 ?g", "Face Moisturisers"),
    _thing("log", "100 ml perfume women", ".*100 ?ml", "Perfume and Body Mist", gender=_WOMEN),
    _any("log", "ponds cream", "Face Moisturisers", "Eye Cream", word=".*pond"),
    _any("log", "cream for dry skin", "Face Moisturisers", "Body Lotion"),
    # --- order, and what goes with it ---
    _q("log", "ipl jersey mumbai", {"kind": ["Tshirts"], "word": ".*mumbai.*jersey"},
       {"kind": ["Tshirts"], "word": ".*jersey"}),
    _q("log", "kkr jersey xyzzy", {"kind": ["Tshirts"], "word": ".*(kkr|kolkata)"},
       {"kind": ["Tshirts"], "word": ".*jersey"}),
    _thing("log", "tie and cufflinks", ".*cufflink", "Accessory Gift Set", "Cufflinks", "Ties"),
    _any("log", "salwar and dupatta", "Salwar and Dupatta", "Salwar", "Dupatta", "Kurta Sets"),
    _any("log", "biba suit set with dupatta new arrival", "Kurta Sets", brand=["BIBA"]),
    _any("log", "hairband girls", "Headband", "Hair Accessory"),
    _any("log", "back pack girls", "Backpacks", gender=["Girls", "Unisex"]),
    _any("log", "watch for boy", "Watches", gender=["Boys", "Unisex"]),
    _any("log", "wildcraft bag price", sub=["Bags"], brand=["Wildcraft"]),
    _any("log", "buy lakme kajal online", "Kajal and Eyeliner", brand=["Lakme"]),
    _any("log", "fastrack sunglass mens", "Sunglasses", gender=_MEN, brand=["Fastrack"]),
    _any("log", "ladies purse brown offer", "Handbags", "Clutches", "Wallets", gender=_WOMEN,
         colour=["Brown", "Coffee Brown", "Tan"]),
    # --- features ---
    _q("feature", "dry fit t-shirt", {"kind": ["Tshirts"], "word": ".*(dry|dri|clima)"},
       {"kind": ["Tshirts"], "usage": ["Sports"]}, {"kind": ["Tshirts"]}),
    _q("feature", "moisture wicking shorts men",
       {"kind": ["Shorts"], "gender": _MEN, "usage": ["Sports"]},
       {"kind": ["Shorts"], "gender": _MEN}),
    _thing("feature", "mother of pearl watch", ".*mother of pearl", "Watches"),
    _thing("feature", "mother of pearl dial watch women", ".*mother of pearl", "Watches", gender=_WOMEN),
    _any("feature", "waterproof jacket", "Rain Jacket"),
    _any("feature", "rainproof jacket men", "Rain Jacket", gender=_MEN),
    _thing("feature", "braided belt", ".*(braid|woven)", "Belts"),
    _thing("feature", "canvas belt men", ".*canvas", "Belts", gender=_MEN),
    _thing("feature", "small sling bag", ".*sling", "Handbags"),
    _thing("feature", "large tote bag", ".*tote", "Handbags"),
    _thing("feature", "mid top sneakers", ".*mid", "Casual Shoes", "Sports Shoes"),
    _thing("feature", "chanderi dupatta", ".*chanderi", "Dupatta"),
    # --- sentences and other languages ---
    _any("question", "my wife wants a watch for her office", "Watches", gender=_WOMEN),
    _any("question", "my daughter needs a dress for her birthday party", "Dresses", gender=["Girls"]),
    _any("question", "what leggings can i wear under a dress", "Leggings", "Tights", "Jeggings"),
    _any("question", "kurti which i can wear over jeans", "Kurtis", "Kurtas", "Tunics", gender=_WOMEN),
    _q("language", "ladies ke liye kala purse",
       {"kind": ["Handbags", "Clutches", "Wallets"], "gender": _WOMEN, "colour": ["Black"]},
       {"kind": ["Handbags", "Clutches", "Wallets"], "gender": _WOMEN}),
    _any("language", "bachon ke joote", *_SHOES, "Flats", "Sandals", gender=_KIDS),
    _q("language", "jeans pour femme taille basse", {"kind": ["Jeans"], "gender": _WOMEN,
       "word": ".*low (rise|waist)"}, {"kind": ["Jeans"], "gender": _WOMEN}),
    _any("language", "mens ke liye safed shirt", "Shirts", gender=_MEN, colour=["White"]),
    _any("language", "Kinderschuhe für Mädchen rosa", *_SHOES, "Flats", "Sandals", "Flip Flops",
         gender=["Girls"], colour=["Pink", "Peach", "Magenta"]),
    _any("language", "nike pantalon femme", "Track Pants", "Capris", "Trousers", "Leggings",
         gender=_WOMEN, brand=["Nike"]),
)  # fmt: skip
