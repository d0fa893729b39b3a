"""Judged queries in the style of a marketplace's log: terse, features without grammar, needs, puns.

The style is that of the public Shopping Queries Data Set (Reddy et al. 2022, arXiv:2206.06588) and of
the query types that Baymard found in usability tests (baymard.com/blog/ecommerce-search-query-types);
the queries are our own. Judged before they were asked. Every second query of a kind is held out.
"""

from typing import Any

from bench.judgements import Judged, Rule
from bench.judgements import graded as _q

KINDS = ("log", "feature", "homonym", "several", "need")

_MEN, _WOMEN = ("Men", "Unisex"), ("Women", "Unisex")
_KIDS = ("Boys", "Girls")
_BLUES = ("Blue", "Navy Blue", "Turquoise Blue")
_WHITES = ("White", "Off White", "Cream")
_TANS = ("Tan", "Brown", "Beige", "Khaki")
_SHOES = ("Casual Shoes", "Sports Shoes", "Formal Shoes")
_UNDERWEAR = ("Briefs", "Trunk", "Boxers", "Bra", "Innerwear Vests", "Camisoles")
_WARM = ("Sweaters", "Sweatshirts", "Jackets", "Mufflers", "Scarves", "Gloves", "Stoles", "Shrug")


def _any(kind: str, query: str, *best: dict[str, Any]) -> Judged:
    """Each of these rules: 3."""
    return Judged(kind, query, {3: [Rule(**rule) for rule in best]})


JUDGED: tuple[Judged, ...] = (
    # --- as typed into a marketplace ---
    _q("log", "tan strappy heels for women", {"kind": ["Heels"], "colour": _TANS, "gender": _WOMEN},
       {"kind": ["Heels"]}),
    _q("log", "tank top women", {"kind": ["Tops", "Tshirts", "Camisoles"], "word": "tank",
        "gender": _WOMEN},
       {"kind": ["Tops", "Camisoles"], "gender": _WOMEN}),
    _q("log", "mens slippers size 9", {"kind": ["Flip Flops", "Sandals"], "gender": _MEN}),
    _q("log", "womens office shoes", {"kind": ["Formal Shoes", "Heels", "Flats"], "gender": _WOMEN},
       {"kind": _SHOES, "gender": _WOMEN}),
    _q("log", "winter skirts for women", {"kind": ["Skirts"], "gender": _WOMEN}),
    _q("log", "adidas gym bag for men", {"kind": ["Duffel Bag", "Backpacks"], "brand": ["ADIDAS"]},
       {"kind": ["Duffel Bag", "Backpacks"]}, {"brand": ["ADIDAS"], "sub": ["Bags"]}),
    _q("log", "boys pants slim fit", {"kind": ["Trousers", "Jeans", "Track Pants"], "gender": ["Boys"]},
       {"sub": ["Bottomwear"], "gender": ["Boys"]}),
    _q("log", "mens socks black and white", {"kind": ["Socks"], "colour": ["Black", "White"],
        "gender": _MEN},
       {"kind": ["Socks"], "gender": _MEN}),
    _q("log", "men formal wear", {"usage": ["Formal"], "gender": _MEN}),
    _q("log", "small round sunglasses women", {"kind": ["Sunglasses"], "gender": _WOMEN}),
    _q("log", "high waisted leggings", {"kind": ["Leggings"]}, {"kind": ["Jeggings", "Tights"]}),
    _q("log", "zipper hoodie mens grey",
       {"kind": ["Sweatshirts", "Jackets"], "gender": _MEN, "colour": ["Grey", "Grey Melange",
        "Charcoal"]},
       {"kind": ["Sweatshirts"], "gender": _MEN}),
    _q("log", "nike shoes men without laces", {"kind": _SHOES, "brand": ["Nike"], "gender": _MEN}),
    _q("log", "slip on shoes womens", {"kind": ["Casual Shoes", "Flats"], "gender": _WOMEN},
       {"sub": ["Shoes"], "gender": _WOMEN}),
    # --- features ---
    _q("feature", "wedge heels black", {"kind": ["Heels"], "word": "wedge", "colour": ["Black"]},
       {"kind": ["Heels"], "colour": ["Black"]}, {"word": "wedge"}),
    _q("feature", "wedge shoes", {"word": "wedge"}, {"kind": ["Heels"]}),
    _q("feature", "peep toe sandals", {"word": "peep"}, {"kind": ["Heels", "Sandals", "Flats"]}),
    _q("feature", "gladiator heels", {"word": "gladiator"}, {"kind": ["Heels"]}),
    _q("feature", "polo neck tee men", {"kind": ["Tshirts"], "word": "polo", "gender": _MEN},
       {"kind": ["Tshirts"], "gender": _MEN}),
    _q("feature", "v neck t shirt women", {"kind": ["Tshirts", "Tops"], "word": "v.?neck",
        "gender": _WOMEN},
       {"kind": ["Tshirts"], "gender": _WOMEN}),
    _q("feature", "reversible belt men", {"kind": ["Belts"], "word": "reversible", "gender": _MEN},
       {"kind": ["Belts"], "gender": _MEN}),
    _q("feature", "watch with leather strap", {"kind": ["Watches"], "word": "leather|strap"},
       {"kind": ["Watches"]}),
    _q("feature", "padded bra", {"kind": ["Bra"], "word": "padded"}, {"kind": ["Bra"]}),
    _q("feature", "sports bra black", {"kind": ["Bra"], "word": "sport", "colour": ["Black"]},
       {"kind": ["Bra"]}),
    _q("feature", "skinny fit jeans womens", {"kind": ["Jeans"], "word": "skinny|slim",
        "gender": _WOMEN},
       {"kind": ["Jeans"], "gender": _WOMEN}),
    _q("feature", "cargo shorts", {"kind": ["Shorts"], "word": "cargo"}, {"kind": ["Shorts"]}),
    _q("feature", "ankle length socks", {"kind": ["Socks"], "word": "ankle"}, {"kind": ["Socks"]}),
    _q("feature", "polka dot dress", {"kind": ["Dresses"], "word": "polka"}, {"kind": ["Dresses"]},
       {"word": "polka"}),
    _q("feature", "denim shirt", {"kind": ["Shirts"], "word": "denim"}, {"kind": ["Shirts"]}),
    _q("feature", "chronograph steel watch", {"kind": ["Watches"], "word": "chrono"},
       {"kind": ["Watches"]}),
    # --- words that are a kind, and something else ---
    _q("homonym", "which shirt suits a dark man", {"kind": ["Shirts"], "gender": _MEN}),
    _q("homonym", "what watch suits a woman", {"kind": ["Watches"], "gender": _WOMEN}),
    _q("homonym", "top brands of shoes", {"kind": _SHOES}, {"sub": ["Shoes"]}),
    _q("homonym", "top 10 perfumes for men", {"kind": ["Perfume and Body Mist"], "gender": _MEN},
       {"sub": ["Fragrance", "Perfumes"]}),
    _q("homonym", "short kurta for men", {"kind": ["Kurtas"], "gender": _MEN}),
    _q("homonym", "short black dress", {"kind": ["Dresses"], "colour": ["Black"]},
        {"kind": ["Dresses"]}),
    _q("homonym", "what belt matches black shoes", {"kind": ["Belts"], "colour": ["Black"]},
       {"kind": ["Belts"]}),
    _q("homonym", "shoes that match a blue dress", {"sub": ["Shoes"]}, {"sub": ["Sandal"]}),
    _q("homonym", "tie dye t shirt", {"kind": ["Tshirts"]}),
    _q("homonym", "boot cut jeans", {"kind": ["Jeans"]}),
    _q("homonym", "cap sleeve top", {"kind": ["Tops"]}, {"kind": ["Tshirts"]}),
    _q("homonym", "flat sandals for women", {"kind": ["Flats", "Sandals"], "gender": _WOMEN}),
    _q("homonym", "light jacket", {"kind": ["Jackets"]}),
    _q("homonym", "how to dress for an interview men",
       {"usage": ["Formal", "Smart Casual"], "gender": _MEN}),
    # --- several at once ---
    _q("several", "set of 3 underwear", {"kind": _UNDERWEAR, "word": "pack of (3|three)|set of 3"},
       {"kind": _UNDERWEAR}),
    _q("several", "3 pack socks", {"kind": ["Socks"], "word": "pack of (3|three)"}, {"kind": ["Socks"]}),
    _q("several", "pack of three briefs men", {"kind": ["Briefs"], "word": "pack of (3|three)",
        "gender": _MEN},
       {"kind": ["Briefs", "Trunk"], "gender": _MEN}),
    _q("several", "multipack socks", {"kind": ["Socks"], "word": "pack of"}, {"kind": ["Socks"]}),
    _q("several", "set of 2 t shirts", {"kind": ["Tshirts"], "word": "(pack|set) of (2|two)"},
       {"kind": ["Tshirts"]}),
    _q("several", "two pack briefs women", {"kind": ["Briefs"], "word": "pack of (2|two)",
        "gender": _WOMEN},
       {"kind": ["Briefs"], "gender": _WOMEN}),
    _q("several", "gift set for men",
       {"kind": ["Accessory Gift Set", "Fragrance Gift Set"], "gender": _MEN}, {"word": "gift"}),
    _q("several", "perfume gift set women",
       {"kind": ["Fragrance Gift Set"], "gender": _WOMEN},
       {"kind": ["Perfume and Body Mist"], "gender": _WOMEN}),
    _q("several", "combo of wallet and belt", {"kind": ["Accessory Gift Set"]},
       {"kind": ["Wallets", "Belts"]}),
    _q("several", "bangles set", {"kind": ["Bangle"], "word": "set"}, {"kind": ["Bangle",
        "Jewellery Set"]}),
    # --- needs, without the name of a kind ---
    _any("need", "something to carry a laptop", {"kind": ["Laptop Bag", "Backpacks"]},
         {"word": "laptop"}),
    _any("need", "warm for winter", {"kind": _WARM}),
    _any("need", "beach wedding", {"usage": ["Party", "Ethnic"]}, {"kind": ["Dresses", "Sarees"]}),
    _any("need", "to keep my money and cards", {"kind": ["Wallets"]}),
    _any("need", "smell good all day", {"kind": ["Perfume and Body Mist", "Deodorant"]},
         {"sub": ["Fragrance", "Perfumes"]}),
    _any("need", "protect my eyes from the sun", {"kind": ["Sunglasses"]}),
    _any("need", "something to sleep in", {"sub": ["Loungewear and Nightwear"]}),
    _any("need", "to hold up my trousers", {"kind": ["Belts", "Suspenders"]}),
    _any("need", "see what time it is", {"kind": ["Watches"]}),
    _any("need", "stay dry in the rain", {"kind": ["Rain Jacket", "Umbrellas", "Rain Trousers"]}),
    _any("need", "workout clothes", {"usage": ["Sports"], "master": ["Apparel"]}),
    _any("need", "carry books to college", {"kind": ["Backpacks", "Laptop Bag", "Messenger Bag"]}),
    _any("need", "cover my head from the sun", {"kind": ["Caps", "Hat", "Scarves", "Stoles"]}),
    _any("need", "something for my lips", {"sub": ["Lips"]}, {"kind": ["Lipstick", "Lip Gloss",
         "Lip Care", "Lip Liner", "Lip Plumper"]}),
    _any("need", "keep my hands warm", {"kind": ["Gloves"]}),
    _any("need", "going for a swim", {"kind": ["Swimwear"]}),
)  # fmt: skip
