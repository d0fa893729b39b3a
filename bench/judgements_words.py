"""More queries of the kinds log, feature, need and negation: words that are given up or understood.

Of every kind of query some words match few products, or mean an attribute and stand in names, too.
Judged by rules over attributes before they were asked. Every second query of a kind is held out.
"""

from typing import Any

from bench.judgements import Judged, Rule
from bench.judgements import graded as _q

_MEN, _WOMEN = ("Men", "Unisex"), ("Women", "Unisex")
_SHOES = ("Casual Shoes", "Sports Shoes", "Formal Shoes")
_WEDGES = ("Heels", "Flats", "Sandals")
_PACKS = ("Backpacks", "Rucksacks")


def _feature(query: str, word: str, *kinds: str, **more: Any) -> Judged:
    """A kind whose name has the word: 3; the kind: 1."""
    return _q("feature", query, {"kind": kinds, "word": word, **more}, {"kind": kinds, **more})


def _thing(kind: str, query: str, word: str, *kinds: str, **more: Any) -> Judged:
    """What its name calls so: 3 with the rest of the query, 2 without it; the kinds: 1."""
    named = {"kind": kinds, "word": f".*({word})"}
    return _q(kind, query, {**named, **more}, named, {"kind": kinds})


def _any(kind: str, query: str, *best: dict[str, Any]) -> Judged:
    """Each of these rules: 3."""
    return Judged(kind, query, {3: [Rule(**rule) for rule in best]})


JUDGED: tuple[Judged, ...] = (
    # --- a word that names a thing, beside a colour or brand that few of these have ---
    _thing("log", "maroon wedges", "wedge", *_WEDGES, colour=["Maroon", "Burgundy", "Red"]),
    _thing("log", "nike wedges", "wedge", *_WEDGES, brand=["Nike"]),
    _thing("log", "yellow ballerinas", "ballerina", "Flats", "Casual Shoes", colour=["Yellow"]),
    _thing("log", "adidas duramo pink", "duramo", *_SHOES, colour=["Pink"]),
    _thing("log", "reebok zigtech orange", "zigtech", *_SHOES, colour=["Orange"]),
    _thing("log", "green anarkali", "anarkali", "Kurtas", "Kurta Sets", colour=["Green"]),
    _thing("log", "purple clogs", "clog", "Sandals", "Flip Flops", "Casual Shoes", colour=["Purple"]),
    _thing("log", "grey loafers", "loafer", *_SHOES, colour=["Grey", "Charcoal"]),
    # --- a usage that stands in names ---
    _feature("office bags women", "office", "Handbags", gender=_WOMEN),
    _feature("party dress women", "party", "Dresses", gender=_WOMEN),
    _feature("training t-shirt", "training", "Tshirts"),
    _feature("running shorts men", "running|run", "Shorts", gender=_MEN),
    _feature("party shirts men", "party", "Shirts", gender=_MEN),
    _feature("gym polo", "gym", "Tshirts"),
    # --- other words for a kind, which stand in names ---
    _feature("canvas shoes women black", "canvas", "Casual Shoes", gender=_WOMEN, colour=["Black"]),
    _feature("football shoes men", "football|soccer|fg|hg", "Sports Shoes", gender=_MEN),
    _feature("canvas shoes men brown", "canvas", "Casual Shoes", gender=_MEN, colour=["Brown"]),
    _feature("soccer shoes", "football|soccer|fg|hg", "Sports Shoes"),
    # --- several words: those that match more of them first ---
    _feature("polo neck tshirt grey", "polo", "Tshirts", colour=["Grey", "Grey Melange"]),
    _feature("black polo collar t-shirt", "polo", "Tshirts", colour=["Black"]),
    _feature("stretchable cotton leggings", "stretch|.*cotton", "Leggings"),
    _feature("leopard print top women", "animal|leopard", "Tops", "Tshirts", gender=_WOMEN),
    _feature("hand printed silk saree", ".*(h& print|hand ?print)", "Sarees"),
    _feature("rubber strap digital watch", ".*(rubber|digital)", "Watches"),
    _q("log", "us polo t shirt collar blue", {"kind": ["Tshirts"], "brand": ["U.S. Polo Assn."],
        "colour": ["Blue", "Navy Blue"]}, {"kind": ["Tshirts"], "brand": ["U.S. Polo Assn."]}),
    _q("log", "mens cotton socks ankle pack of 2 pairs", {"kind": ["Socks"], "gender": _MEN,
        "word": ".*(ankle|pack of 2|pack of two)"}, {"kind": ["Socks"], "gender": _MEN}),
    # --- two kinds ---
    _any("log", "tie and cufflinks set", {"kind": ["Accessory Gift Set", "Cufflinks"]}),
    _any("log", "saree blouse piece", {"kind": ["Sarees"]}),
    _any("log", "jeans pants ladies", {"kind": ["Jeans"], "gender": _WOMEN}),
    _any("log", "handbag women wallet", {"kind": ["Handbags", "Wallets"], "gender": _WOMEN}),
    _any("log", "pimple cream for face", {"kind": ["Face Moisturisers", "Face Serum and Gel"]}),
    _any("log", "three piece suit for men", {"kind": ["Suits", "Blazers"], "gender": _MEN}),
    # --- features that are not wanted, and what has instead ---
    _q("negation", "mens shoes no laces", {"kind": _SHOES, "gender": _MEN,
        "word": ".*(slip|loafer|velcro|moccasin)", "not_word": ".*lace"},
       {"kind": _SHOES, "gender": _MEN, "not_word": ".*lace"}),
    _q("negation", "casual shoes without laces women", {"kind": ["Casual Shoes"], "gender": _WOMEN,
        "word": ".*(slip|loafer|velcro|moccasin)", "not_word": ".*lace"},
       {"kind": ["Casual Shoes"], "gender": _WOMEN, "not_word": ".*lace"}),
    _any("negation", "flip flops without thong", {"kind": ["Flip Flops"], "not_word": ".*thong"}),
    _any("negation", "women slippers not thong not black", {"kind": ["Flip Flops"],
         "gender": _WOMEN, "not_word": ".*(thong|black)", "not_colour": ["Black"]}),
    # --- needs that name a wide kind only ---
    _any("need", "which bag should i take on a mountain trek", {"kind": _PACKS}),
    _any("need", "a bag for a night at the opera", {"kind": ["Clutches", "Handbags"]}),
    _any("need", "what shoes should a man wear to a marriage", {"kind": ["Formal Shoes"]}),
    _any("need", "footwear for a marriage function men", {"kind": ["Formal Shoes"]}),
)  # fmt: skip
