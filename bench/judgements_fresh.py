"""Queries of every kind, judged before they were asked of a search that was tuned on the others.

The manner is that of public lists of real queries (the Shopping Queries Data Set, Reddy et al. 2022,
arXiv:2206.06588); the queries are our own. Measured once unseen, then tuned on: none is held out.
"""

from typing import Any

from bench.judgements import Judged, Rule
from bench.judgements import graded as _q

_MEN, _WOMEN = ("Men", "Unisex"), ("Women", "Unisex")
_KIDS = ("Boys", "Girls")
_BLUES = ("Blue", "Navy Blue", "Turquoise Blue")
_REDS = ("Red", "Maroon", "Burgundy", "Rust")
_BROWNS = ("Brown", "Coffee Brown", "Tan", "Mushroom Brown", "Taupe")
_GREENS = ("Green", "Olive", "Sea Green", "Lime Green", "Fluorescent Green", "Teal")
_PINKS = ("Pink", "Magenta", "Rose", "Peach")
_WHITES = ("White", "Off White", "Cream")
_SHOES = ("Casual Shoes", "Sports Shoes", "Formal Shoes")
_WARM = ("Sweaters", "Sweatshirts", "Jackets", "Mufflers", "Scarves", "Gloves", "Stoles", "Shrug")


def _none(query: str) -> Judged:
    return Judged("nothing", query)


def _any(kind: str, query: str, *best: dict[str, Any]) -> Judged:
    """Each of these rules: 3."""
    return Judged(kind, query, {3: [Rule(**rule) for rule in best]})


JUDGED: tuple[Judged, ...] = (
    # --- negation ---
    _q("negation", "womens tops no sleeve", {"kind": ["Tops"], "gender": _WOMEN, "word": "sleeveless"},
       {"kind": ["Tops"], "gender": _WOMEN}),
    _q("negation", "brown belt not leather", {"kind": ["Belts"], "colour": _BROWNS,
        "not_word": "leather"}, {"kind": ["Belts"], "not_word": "leather"}),
    _q("negation", "sports shoes but not nike or adidas", {"kind": ["Sports Shoes"],
        "not_brand": ["Nike", "ADIDAS"]}),
    _q("negation", "plain tshirt men no print", {"kind": ["Tshirts"], "gender": _MEN,
        "not_word": "print"}),
    _q("negation", "watches that are not black or silver", {"kind": ["Watches"],
        "not_colour": ["Black", "Silver", "Steel", "Charcoal"]}),
    # --- languages ---
    _q("language", "schwarze handtasche", {"kind": ["Handbags"], "colour": ["Black"]},
       {"kind": ["Handbags"]}),
    _q("language", "zapatillas blancas hombre", {"kind": _SHOES, "colour": _WHITES, "gender": _MEN},
       {"kind": _SHOES, "gender": _MEN}),
    _q("language", "синяя рубашка", {"kind": ["Shirts"], "colour": _BLUES}, {"kind": ["Shirts"]}),
    # --- numbers ---
    _q("number", "worldcup 2011 jersey", {"word": "world ?cup|2011"}, {"kind": ["Tshirts"],
        "usage": ["Sports"]}),
    _q("number", "puma drift cat 3", {"brand": ["Puma"], "word": "drift cat (3|iii)"},
       {"brand": ["Puma"], "word": "drift cat"}, {"brand": ["Puma"], "kind": _SHOES}),
    _q("number", "size 8 formal shoes black men", {"kind": ["Formal Shoes"], "colour": ["Black"],
        "gender": _MEN}, {"kind": ["Formal Shoes"], "gender": _MEN}),
    # --- emoji ---
    _q("emoji", "🕶️ for men", {"kind": ["Sunglasses"], "gender": _MEN}, {"kind": ["Sunglasses"]}),
    _q("emoji", "❤️ 👜", {"kind": ["Handbags", "Clutches"], "colour": _REDS}, {"kind": ["Handbags"]}),
    _q("emoji", "👔 blue formal", {"kind": ["Shirts", "Ties"], "colour": _BLUES},
       {"kind": ["Shirts", "Ties"]}),
    # --- questions ---
    _q("question", "which watch is good for a college girl", {"kind": ["Watches"], "gender": _WOMEN}),
    _q("question", "do you have any woollen caps", {"kind": ["Caps"], "word": "wool|knit|beanie"},
       {"kind": ["Caps"]}),
    _q("question", "what can my husband wear to a wedding",
       {"usage": ["Ethnic", "Formal", "Party"], "gender": _MEN}),
    _q("question", "i want something nice for my daughters birthday", {"gender": ["Girls"]}),
    _q("question", "where can i find cheap socks for men", {"kind": ["Socks"], "gender": _MEN}),
    _q("question", "can you show me red heels", {"kind": ["Heels"], "colour": _REDS},
       {"kind": ["Heels"]}),
    # --- price words ---
    _q("price", "mens jeans less than 70", {"kind": ["Jeans"], "gender": _MEN, "below": 70}),
    _q("price", "handbag between 50 and 80 dollars", {"kind": ["Handbags"], "above": 50, "below": 80}),
    _q("price", "kurti below 40 bucks", {"kind": ["Kurtas", "Kurtis"], "below": 40}),
    _q("price", "wallet up to $45", {"kind": ["Wallets"], "below": 45}),
    _q("price", "sunglasses not more than 60", {"kind": ["Sunglasses"], "below": 60}),
    # --- rare words ---
    _q("rare words", "superman tshirt for kids", {"kind": ["Tshirts"], "word": "superman",
        "gender": _KIDS}, {"kind": ["Tshirts"], "word": "superman"},
       {"kind": ["Tshirts"], "gender": _KIDS}),
    _q("rare words", "paisley print scarf", {"kind": ["Scarves", "Stoles"], "word": "paisley"},
       {"kind": ["Scarves", "Stoles"]}),
    _q("rare words", "chanderi kurta", {"word": "chanderi"}, {"kind": ["Kurtas", "Kurtis"]}),
    _q("rare words", "angry birds", {"word": "angry bird"}),
    _q("rare words", "corduroy trousers men", {"kind": ["Trousers"], "word": "corduroy",
        "gender": _MEN}, {"kind": ["Trousers"], "gender": _MEN}),
    _q("rare words", "mickey mouse backpack", {"kind": ["Backpacks"], "word": "mickey"},
       {"word": "mickey"}, {"kind": ["Backpacks"]}),
    # --- two colours ---
    Judged("two colours", "red and white checked shirt", {
        3: [Rule(kind=["Shirts"], word="(?=.*red).*white"), Rule(kind=["Shirts"], colour=_REDS,
            word="check")],
        2: [Rule(kind=["Shirts"], colour=[*_REDS, *_WHITES])],
        1: [Rule(kind=["Shirts"])]}),
    Judged("two colours", "black gold watch women", {
        3: [Rule(kind=["Watches"], gender=_WOMEN, colour=["Black", "Gold"])],
        1: [Rule(kind=["Watches"], gender=_WOMEN)]}),
    Judged("two colours", "green and yellow saree", {
        3: [Rule(kind=["Sarees"], word="(?=.*green).*yellow")],
        2: [Rule(kind=["Sarees"], colour=[*_GREENS, "Yellow", "Mustard"])],
        1: [Rule(kind=["Sarees"])]}),
    Judged("two colours", "navy or grey polo men", {
        3: [Rule(kind=["Tshirts"], gender=_MEN, word="polo", colour=["Navy Blue", "Grey",
            "Grey Melange"])],
        1: [Rule(kind=["Tshirts"], gender=_MEN, word="polo")]}),
    # --- nothing of the kind ---
    _none("dog collar"),
    _none("iphone charger"),
    _none("curtains for living room"),
    # --- as typed into a marketplace ---
    _q("log", "ladies sandal flat gold", {"kind": ["Flats", "Sandals"], "colour": ["Gold"],
        "gender": _WOMEN}, {"kind": ["Flats", "Sandals"], "gender": _WOMEN}),
    _q("log", "ua training tee mens", {"kind": ["Tshirts"], "gender": _MEN, "usage": ["Sports"]},
       {"kind": ["Tshirts"], "gender": _MEN}),
    _q("log", "womens capri black cotton", {"kind": ["Capris"], "gender": _WOMEN, "colour": ["Black"]},
       {"kind": ["Capris"], "gender": _WOMEN}),
    _q("log", "yellow hoodie men", {"kind": ["Sweatshirts", "Jackets"], "colour": ["Yellow", "Mustard"],
        "gender": _MEN}, {"kind": ["Sweatshirts"], "gender": _MEN}, {"kind": ["Jackets"],
        "word": "hood", "gender": _MEN}),
    _q("log", "converse high top red", {"brand": ["Converse"], "kind": _SHOES, "colour": _REDS},
       {"brand": ["Converse"], "kind": _SHOES}),
    _q("log", "baby girl dress 2 year red", {"kind": ["Dresses"], "gender": ["Girls"], "colour": _REDS},
       {"kind": ["Dresses"], "gender": ["Girls"]}),
    _q("log", "leather laptop bag office", {"kind": ["Laptop Bag"], "word": "leather"},
       {"kind": ["Laptop Bag", "Messenger Bag", "Backpacks"], "word": "laptop|office"},
       {"kind": ["Laptop Bag"]}),
    _q("log", "rose gold ring women", {"kind": ["Ring"], "gender": _WOMEN, "colour": ["Gold", "Rose",
        "Copper", "Pink"]}, {"kind": ["Ring"]}),
    _q("log", "jacket denim women", {"kind": ["Jackets"], "gender": _WOMEN}),
    _q("log", "skirt denim", {"kind": ["Skirts"], "word": "denim"}, {"kind": ["Skirts"]}),
    _q("log", "shorts basketball nike", {"kind": ["Shorts"], "brand": ["Nike"], "word": "basketball"},
       {"kind": ["Shorts"], "brand": ["Nike"]}),
    _q("log", "tshirt football", {"kind": ["Tshirts"], "word": "football|soccer"},
       {"kind": ["Tshirts"], "usage": ["Sports"]}),
    _q("log", "polo shirt men blue", {"kind": ["Tshirts"], "word": "polo", "gender": _MEN,
        "colour": _BLUES}, {"kind": ["Tshirts"], "word": "polo", "gender": _MEN}),
    _q("log", "kurta pajama men", {"kind": ["Kurta Sets", "Kurtas"], "gender": _MEN}),
    _q("log", "full sleeves tshirt men", {"kind": ["Tshirts"], "gender": _MEN,
        "word": "(full|long).sleeve"},
       {"kind": ["Tshirts"], "gender": _MEN, "not_word": "(half|short).sleeve"}),
    # --- features ---
    _q("feature", "open toe", {"word": "(open|peep).toe"}),
    _q("feature", "low waist jeans", {"kind": ["Jeans"], "word": "low.?(waist|rise)"},
       {"kind": ["Jeans"]}),
    _q("feature", "v neck sweater", {"kind": ["Sweaters"], "word": "v.?neck"}, {"kind": ["Sweaters"]}),
    _q("feature", "backpack with rain cover", {"kind": ["Backpacks", "Rucksacks"]}),
    _q("feature", "mandarin collar shirt", {"kind": ["Shirts"], "word": "mandarin"},
       {"kind": ["Shirts"]}),
    _q("feature", "quilted jacket women", {"kind": ["Jackets"], "gender": _WOMEN, "word": "quilt"},
       {"kind": ["Jackets"], "gender": _WOMEN}),
    _q("feature", "three fourth pants women", {"kind": ["Capris"], "gender": _WOMEN},
       {"kind": ["Trousers", "Leggings"], "gender": _WOMEN}),
    _q("feature", "water resistant watch", {"kind": ["Watches"]}),
    _q("feature", "one shoulder dress", {"kind": ["Dresses"], "word": "one shoulder"},
       {"kind": ["Dresses"]}),
    _q("feature", "bifold wallet men brown", {"kind": ["Wallets"], "gender": _MEN, "colour": _BROWNS},
       {"kind": ["Wallets"], "gender": _MEN}),
    # --- needs ---
    _any("need", "something to wear at home", {"sub": ["Loungewear and Nightwear"]},
         {"kind": ["Lounge Pants", "Track Pants"]}),
    _any("need", "to keep my neck warm", {"kind": ["Mufflers", "Scarves", "Stoles"]}),
    _any("need", "clothes for running", {"usage": ["Sports"], "master": ["Apparel"]}),
    _any("need", "wedding gift for her", {"kind": ["Jewellery Set", "Accessory Gift Set",
         "Fragrance Gift Set", "Watches", "Handbags", "Clutches", "Sarees", "Earrings",
         "Necklace and Chains", "Pendant", "Ring", "Bracelet", "Bangle", "Perfume and Body Mist"],
         "gender": _WOMEN}),
    # --- as other languages say it ---
    _q("language", "schuhe ohne absatz damen", {"kind": [*_SHOES, "Flats"], "gender": _WOMEN}),
    _q("language", "kleid zwischen 50 und 100 euro", {"kind": ["Dresses"], "above": 50, "below": 100}),
    _q("language", "robe d'été fleurie", {"kind": ["Dresses"], "word": "floral|flower",
        "season": ["Summer"]}, {"kind": ["Dresses"]}),
    _q("language", "vêtements pour bébé", {"master": ["Apparel"], "gender": _KIDS}),
    _q("language", "cordhose herren", {"kind": ["Trousers"], "gender": _MEN}),
    _q("language", "子供服", {"master": ["Apparel"], "gender": _KIDS}),
    _q("language", "was kostet eine tasche", {"kind": ["Handbags"]}),
    _q("language", "купить платье недорого", {"kind": ["Dresses"]}),
    _q("language", "collier de perles", {"kind": ["Necklace and Chains"], "word": "pearl"},
       {"kind": ["Necklace and Chains"]}),
    _q("language", "camisa azul oscuro", {"kind": ["Shirts"], "colour": ["Navy Blue"]},
       {"kind": ["Shirts"], "colour": _BLUES}),
    _q("emoji", "🏃🏽‍♀️ 👟", {"kind": ["Sports Shoes"], "gender": _WOMEN},
       {"gender": _WOMEN, "kind": _SHOES}),
    _q("emoji", "🎁 for mom", {"gender": _WOMEN, "kind": ["Accessory Gift Set", "Fragrance Gift Set",
        "Watches", "Wallets", "Perfume and Body Mist", "Handbags"]}),
    _q("negation", "shirts no checks no stripes", {"kind": ["Shirts"], "not_word": "check|strip"}),
    _q("price", "not too expensive watches", {"kind": ["Watches"], "below": 40}, {"kind": ["Watches"]}),
    _q("misspelt", "jeens for gril", {"kind": ["Jeans"], "gender": ["Girls"]}, {"kind": ["Jeans"]}),
    _q("question", "outfit for gym", {"master": ["Apparel"], "usage": ["Sports"]}),
)  # fmt: skip
