"""More judged queries: as people say things. Negation, languages, numbers, emoji, questions, prices …

Written before the search was tuned for them. Every second query of a kind is held out: never tuned on.
"""

from typing import Any

from bench.judgements import Judged, Rule

KINDS = ("negation", "language", "number", "emoji", "question", "price", "rare words", "two colours",
         "nothing")  # fmt: skip

_MEN, _WOMEN = ("Men", "Unisex"), ("Women", "Unisex")
_KIDS = ("Boys", "Girls")
_BLUES = ("Blue", "Navy Blue", "Turquoise Blue")
_REDS = ("Red", "Maroon", "Burgundy")
_BROWNS = ("Brown", "Coffee Brown", "Tan", "Mushroom Brown", "Taupe")
_BLACKS = ("Black", "Charcoal")
_WHITES = ("White", "Off White", "Cream")
_SHOES = ("Casual Shoes", "Sports Shoes", "Formal Shoes")
_BAGS = ("Handbags", "Clutches", "Backpacks", "Duffel Bag", "Laptop Bag", "Messenger Bag")
_WARM = ("Sweaters", "Sweatshirts", "Jackets", "Mufflers", "Scarves", "Gloves", "Stoles", "Shrug")


def _q(kind: str, query: str, best: dict[str, Any], *related: dict[str, Any]) -> Judged:
    """Best: 3; related: 1."""
    grades = {3: [Rule(**best)]}
    if related:
        grades[1] = [Rule(**rule) for rule in related]
    return Judged(kind, query, grades)


def _not(query: str, **best: Any) -> Judged:
    return _q("negation", query, best)


def _in(query: str, **best: Any) -> Judged:
    """In another language: kind and colour: 3; the kind: 1."""
    related = {name: value for name, value in best.items() if name != "colour"}
    return _q("language", query, best, *([related] if "colour" in best else []))


def _two(
    query: str, kind: tuple[str, ...], words: str, colours: tuple[str, ...], **more: Any
) -> Judged:
    """Both colours in the name: 3; one of them: 2; the kind: 1."""
    return Judged("two colours", query, {
        3: [Rule(kind=kind, word=words, **more)],
        2: [Rule(kind=kind, colour=colours, **more)],
        1: [Rule(kind=kind, **more)],
    })  # fmt: skip


def _none(query: str) -> Judged:
    """Nothing of the kind is sold: right is an empty answer."""
    return Judged("nothing", query)


def _both(one: str, other: str) -> str:
    """A pattern for names that contain both words."""
    return f"(?=.*{one}).*{other}"


JUDGED: tuple[Judged, ...] = (
    # --- negation ---
    _not("not black shoes", kind=_SHOES, not_colour=_BLACKS),
    _not("shirts except blue", kind=["Shirts"], not_colour=_BLUES),
    _not("dress without sleeves", kind=["Dresses"], not_word="(full|long|half|short).sleeve|sleeves"),
    _not("non printed tshirt", kind=["Tshirts"], not_word="print"),
    _not("handbag other than brown", kind=["Handbags"], not_colour=_BROWNS),
    _not("watches but not casio", kind=["Watches"], not_brand=["casio", "casio edifice", "casio enticer"]),
    _not("jeans not for women", kind=["Jeans"], not_gender=["Women", "Girls"]),
    _not("no leather wallet", kind=["Wallets"], not_word="leather"),
    _not("sandals without heels", kind=["Sandals"], not_word="heel"),
    _not("anything but white sneakers", kind=["Casual Shoes", "Sports Shoes"], not_colour=["White"]),
    _not("tops excluding pink", kind=["Tops"], not_colour=["Pink", "Magenta", "Rose"]),
    _not("tshirts not black or white", kind=["Tshirts"], not_colour=["Black", "White"]),
    _not("kurta without print", kind=["Kurtas", "Kurtis"], not_word="print"),
    _not("backpack non-black", kind=["Backpacks"], not_colour=["Black"]),
    _not("shoes that are not brown", kind=_SHOES, not_colour=["Brown", "Tan", "Coffee Brown"]),
    _not("men's shirt no checks", kind=["Shirts"], gender=_MEN, not_word="check"),
    _not("sunglasses not ray-ban", kind=["Sunglasses"], not_brand=["ray-ban", "rayban"]),
    _not("saree other than red and green", kind=["Sarees"], not_colour=["Red", "Green"]),
    _not("tshirts without collar", kind=["Tshirts"], not_word="polo|collar"),
    _not("black heels no stilettos", kind=["Heels"], not_word="stiletto"),
    _not("kids tshirts but no ben 10", kind=["Tshirts"], gender=_KIDS, not_word="ben 10"),
    _not("skirt, not denim", kind=["Skirts"], not_word="denim"),
    _not("belts besides black", kind=["Belts"], not_colour=["Black"]),
    _not("leggings any colour but black", kind=["Leggings"], not_colour=["Black"]),
    _not("unprinted tops", kind=["Tops"], not_word="print"),
    _not("jackets, no puma please", kind=["Jackets"], not_brand=["puma"]),
    _not("polo tshirt not striped", kind=["Tshirts"], not_word="strip"),
    _not("trousers that aren't black or grey", kind=["Trousers"], not_colour=["Black", "Grey", "Charcoal"]),
    # --- other languages and scripts ---
    _in("कुर्ता", kind=["Kurtas", "Kurtis"]),
    _in("кроссовки", kind=["Casual Shoes", "Sports Shoes"]),
    _in("Tシャツ", kind=["Tshirts"]),
    _in("Damenschuhe", kind=[*_SHOES, "Heels", "Flats"], gender=_WOMEN),
    _in("vestido negro", kind=["Dresses"], colour=["Black"]),
    _in("robe rouge", kind=["Dresses"], colour=_REDS),
    _in("camicia bianca", kind=["Shirts"], colour=_WHITES),
    _in("bolsa preta", kind=_BAGS, colour=["Black"]),
    _in("schwarze Herrenuhr", kind=["Watches"], gender=_MEN, colour=["Black"]),
    _in("लाल साड़ी", kind=["Sarees"], colour=_REDS),
    _in("красное платье", kind=["Dresses"], colour=_REDS),
    _in("黒い靴", kind=_SHOES, colour=["Black"]),
    _in("zapatos marrones", kind=_SHOES, colour=_BROWNS),
    _in("chemise bleue homme", kind=["Shirts"], gender=_MEN, colour=_BLUES),
    _in("Sonnenbrille", kind=["Sunglasses"]),
    _in("occhiali da sole", kind=["Sunglasses"]),
    _in("montre femme", kind=["Watches"], gender=_WOMEN),
    _in("calça jeans feminina", kind=["Jeans"], gender=_WOMEN),
    _in("женская сумка", kind=["Handbags", "Clutches"], gender=_WOMEN),
    _in("白いシャツ", kind=["Shirts"], colour=_WHITES),
    _in("नीली जींस", kind=["Jeans"], colour=_BLUES),
    _in("graue Socken", kind=["Socks"], colour=["Grey", "Grey Melange", "Charcoal"]),
    _in("schwarzes Kleid", kind=["Dresses"], colour=["Black"]),
    _in("Herrenhemd weiß", kind=["Shirts"], gender=_MEN, colour=_WHITES),
    _in("sac à main noir", kind=["Handbags"], colour=["Black"]),
    _in("chaussures de sport homme", kind=["Sports Shoes"], gender=_MEN),
    _in("gafas de sol mujer", kind=["Sunglasses"], gender=_WOMEN),
    _in("camiseta azul hombre", kind=["Tshirts"], gender=_MEN, colour=_BLUES),
    _in("relógio masculino preto", kind=["Watches"], gender=_MEN, colour=["Black"]),
    _in("pantaloni grigi", kind=["Trousers", "Track Pants"], colour=["Grey", "Charcoal", "Grey Melange"]),
    _in("काली घड़ी", kind=["Watches"], colour=["Black"]),
    _in("белая рубашка мужская", kind=["Shirts"], gender=_MEN, colour=_WHITES),
    _in("赤いドレス", kind=["Dresses"], colour=_REDS),
    _in("メンズ 腕時計", kind=["Watches"], gender=_MEN),
    # --- numbers ---
    _q("number", "15970", {"number": 15970}),
    _q("number", "2012 world cup tshirt", {"kind": ["Tshirts"], "word": "world cup"}, {"kind": ["Tshirts"]}),
    _q("number", "39386", {"number": 39386}),
    _q("number", "spf 30 sunscreen", {"word": "spf.?30"}, {"kind": ["Sunscreen"]}),
    _q("number", "pack of 3 socks", {"kind": ["Socks"], "word": _both("(pack|set) of", "(3|three)")},
       {"kind": ["Socks"]}),
    _q("number", "briefs pack of 2", {"kind": ["Briefs"], "word": _both("(pack|set) of", "(2|two)")},
       {"kind": ["Briefs"]}),
    _q("number", "3/4 pants", {"word": "3/4"}, {"kind": ["Capris", "Track Pants"]}),
    _q("number", "levis 501", {"brand": ["Levis"], "word": "501"}, {"brand": ["Levis", "Levi's"]}),
    _q("number", "product 59263", {"number": 59263}),
    _q("number", "perfume 100 ml", {"kind": ["Perfume and Body Mist"], "word": "100 ?ml"},
       {"kind": ["Perfume and Body Mist"]}),
    _q("number", "inc 5 sandals", {"brand": ["Inc 5", "Inc. 5", "Inc.5"], "kind": ["Sandals", "Heels", "Flats"]},
       {"brand": ["Inc 5", "Inc. 5", "Inc.5"]}),
    _q("number", "50ml perfume women", {"kind": ["Perfume and Body Mist"], "word": "50 ?ml", "gender": _WOMEN},
       {"kind": ["Perfume and Body Mist"], "gender": _WOMEN}),
    _q("number", "jealous 21 top", {"brand": ["Jealous 21"], "kind": ["Tops"]}, {"brand": ["Jealous 21"]}),
    _q("number", "set of 3 underwear", {"sub": ["Innerwear"], "word": _both("(pack|set) of", "(3|three)")},
       {"sub": ["Innerwear"]}),
    _q("number", "forever 21", {"word": "21|forever"}),
    _q("number", "nike 6.0 shoes", {"brand": ["Nike"], "word": "6.0"}, {"brand": ["Nike"], "kind": _SHOES}),
    _q("number", "10268", {"number": 10268}),
    _q("number", "id 27152", {"number": 27152}),
    _q("number", "ben 10 tshirt", {"kind": ["Tshirts"], "word": "ben 10"}, {"kind": ["Tshirts"], "gender": ["Boys"]}),
    _q("number", "gel kayano 17", {"word": "kayano 17"}, {"brand": ["Asics", "ASICS"], "kind": _SHOES}),
    _q("number", "pack of 2 vests", {"kind": ["Innerwear Vests"], "word": _both("(pack|set) of", "(2|two)")},
       {"kind": ["Innerwear Vests"]}),
    _q("number", "socks pack of three", {"kind": ["Socks"], "word": _both("(pack|set) of", "(3|three)")},
       {"kind": ["Socks"]}),
    _q("number", "150 ml deo", {"kind": ["Deodorant"], "word": "150 ?ml"}, {"kind": ["Deodorant"]}),
    _q("number", "109f dress", {"brand": ["109F"], "kind": ["Dresses"]}, {"brand": ["109F"]}),
    # --- emoji ---
    _q("emoji", "👗 red", {"kind": ["Dresses"], "colour": _REDS}, {"kind": ["Dresses"]}),
    _q("emoji", "👟", {"kind": ["Sports Shoes", "Casual Shoes"]}),
    _q("emoji", "👠 black", {"kind": ["Heels"], "colour": ["Black"]}, {"kind": ["Heels"]}),
    _q("emoji", "⌚ for men", {"kind": ["Watches"], "gender": _MEN}, {"kind": ["Watches"]}),
    _q("emoji", "👜", {"kind": ["Handbags"]}),
    _q("emoji", "🕶️ women", {"kind": ["Sunglasses"], "gender": _WOMEN}, {"kind": ["Sunglasses"]}),
    _q("emoji", "blue 👖", {"kind": ["Jeans"], "colour": _BLUES}, {"kind": ["Jeans"]}),
    _q("emoji", "💄 pink", {"kind": ["Lipstick"], "colour": ["Pink", "Magenta", "Rose", "Peach"]},
       {"kind": ["Lipstick"]}),
    _q("emoji", "🎒", {"kind": ["Backpacks", "Rucksacks"]}),
    _q("emoji", "👕 white", {"kind": ["Tshirts"], "colour": _WHITES}, {"kind": ["Tshirts"]}),
    _q("emoji", "🧦", {"kind": ["Socks"]}),
    _q("emoji", "🖤 👗", {"kind": ["Dresses"], "colour": ["Black"]}, {"kind": ["Dresses"]}),
    _q("emoji", "🥻 green", {"kind": ["Sarees"], "colour": ["Green", "Olive", "Sea Green", "Teal"]},
       {"kind": ["Sarees"]}),
    _q("emoji", "💍", {"kind": ["Ring"]}),
    _q("emoji", "🧢 nike", {"kind": ["Caps"], "brand": ["Nike"]}, {"kind": ["Caps"]}),
    _q("emoji", "👔", {"kind": ["Ties"]}, {"kind": ["Shirts"]}),
    _q("emoji", "👖 men", {"kind": ["Jeans"], "gender": _MEN}, {"kind": ["Jeans"]}),
    _q("emoji", "🧥 black", {"kind": ["Jackets"], "colour": ["Black"]}, {"kind": ["Jackets"]}),
    _q("emoji", "🩳 for boys", {"kind": ["Shorts"], "gender": ["Boys"]}, {"kind": ["Shorts"]}),
    _q("emoji", "👛 red", {"kind": ["Clutches", "Wallets"], "colour": _REDS}, {"kind": ["Clutches", "Wallets"]}),
    _q("emoji", "💙 👕", {"kind": ["Tshirts"], "colour": _BLUES}, {"kind": ["Tshirts"]}),
    _q("emoji", "👟👟 puma", {"kind": ["Sports Shoes", "Casual Shoes"], "brand": ["Puma"]},
       {"kind": ["Sports Shoes", "Casual Shoes"]}),
    _q("emoji", "need 🕶 under 60", {"kind": ["Sunglasses"], "below": 60}, {"kind": ["Sunglasses"]}),
    _q("emoji", "🩴 women", {"kind": ["Flip Flops"], "gender": _WOMEN}, {"kind": ["Flip Flops"]}),
    # --- questions ---
    _q("question", "need something warm for winter for my son", {"kind": _WARM, "gender": ["Boys"]},
       {"kind": _WARM}),
    _q("question", "what are the best shoes for playing football",
       {"kind": ["Sports Shoes"]}, {"kind": ["Casual Shoes"]}),
    _q("question", "which bag can i carry my laptop in", {"kind": ["Laptop Bag", "Backpacks", "Messenger Bag"]}),
    _q("question", "what should i wear to the gym",
       {"kind": ["Track Pants", "Sports Shoes", "Tshirts", "Shorts", "Tracksuits", "Sweatshirts"],
        "usage": ["Sports"]}, {"usage": ["Sports"]}),
    _q("question", "do you have red sarees", {"kind": ["Sarees"], "colour": _REDS}, {"kind": ["Sarees"]}),
    _q("question", "where can i find black formal shoes for men",
       {"kind": ["Formal Shoes"], "colour": ["Black"], "gender": _MEN}, {"kind": ["Formal Shoes"]}),
    _q("question", "can you show me watches for my wife", {"kind": ["Watches"], "gender": _WOMEN},
       {"kind": ["Watches"]}),
    _q("question", "i am looking for a gift for my dad", {"gender": _MEN}),
    _q("question", "is there any blue kurta for men", {"kind": ["Kurtas"], "colour": _BLUES, "gender": _MEN},
       {"kind": ["Kurtas"]}),
    _q("question", "how much are ray-ban sunglasses", {"kind": ["Sunglasses"], "brand": ["Ray-Ban"]},
       {"kind": ["Sunglasses"]}),
    _q("question", "what can i wear to an office meeting as a man",
       {"kind": ["Shirts", "Trousers", "Formal Shoes", "Blazers", "Ties", "Suits"], "gender": _MEN,
        "usage": ["Formal"]}, {"usage": ["Formal"], "gender": _MEN}),
    _q("question", "any comfortable sandals for my mother?", {"kind": ["Sandals", "Flats"], "gender": _WOMEN},
       {"sub": ["Sandal", "Shoes"], "gender": _WOMEN}),
    _q("question", "which perfume is good for men", {"kind": ["Perfume and Body Mist"], "gender": _MEN},
       {"sub": ["Fragrance"]}),
    _q("question", "something to keep my hands warm", {"kind": ["Gloves"]}, {"kind": _WARM}),
    _q("question", "do you sell swimming costumes for women", {"kind": ["Swimwear"], "gender": _WOMEN},
       {"kind": ["Swimwear"]}),
    _q("question", "got any pink tops for girls?",
       {"kind": ["Tops"], "colour": ["Pink", "Magenta", "Rose", "Peach"], "gender": ["Girls"]},
       {"kind": ["Tops"], "gender": ["Girls"]}),
    _q("question", "want shoes to run a marathon", {"kind": ["Sports Shoes"]}, {"kind": ["Casual Shoes"]}),
    _q("question", "what to wear to a wedding as a woman",
       {"kind": ["Sarees", "Lehenga Choli", "Dresses", "Kurta Sets", "Jewellery Set", "Kurtas"],
        "gender": _WOMEN}, {"usage": ["Ethnic", "Party"], "gender": _WOMEN}),
    _q("question", "what do i wear to a beach wedding as a man?",
       {"gender": _MEN, "kind": ["Shirts", "Kurtas", "Trousers", "Blazers", "Suits", "Waistcoat", "Kurta Sets",
                                 "Nehru Jackets"]}, {"gender": _MEN, "master": ["Apparel", "Footwear"]}),
    _q("question", "which shoes should i buy for running", {"kind": ["Sports Shoes"]}, {"kind": ["Casual Shoes"]}),
    _q("question", "do you guys have purple nail polish?", {"kind": ["Nail Polish"], "colour": ["Purple", "Lavender",
       "Mauve"]}, {"kind": ["Nail Polish"]}),
    _q("question", "can i get a wallet for my boyfriend", {"kind": ["Wallets"], "gender": _MEN}, {"kind": ["Wallets"]}),
    _q("question", "what's a good gift for my sister", {"gender": _WOMEN}),
    _q("question", "something to carry my laptop", {"kind": ["Laptop Bag", "Backpacks", "Messenger Bag"]}),
    _q("question", "are there any white shirts for boys", {"kind": ["Shirts"], "gender": ["Boys"], "colour": _WHITES},
       {"kind": ["Shirts"], "gender": ["Boys"]}, {"kind": ["Shirts"], "colour": _WHITES}),
    _q("question", "i want to buy a bag for college", {"kind": ["Backpacks", "Rucksacks", "Messenger Bag"]},
       {"sub": ["Bags"]}),
    _q("question", "what can a woman wear in the rain",
       {"kind": ["Rain Jacket", "Umbrellas", "Rain Trousers"]}, {"gender": _WOMEN, "kind": ["Jackets"]}),
    # --- price words ---
    _q("price", "watch around 100", {"kind": ["Watches"], "above": 80, "below": 120}, {"kind": ["Watches"]}),
    _q("price", "shirts 25$ max", {"kind": ["Shirts"], "below": 25}),
    _q("price", "cheapest formal shoes", {"kind": ["Formal Shoes"], "below": 90}, {"kind": ["Formal Shoes"]}),
    _q("price", "sandals under thirty dollars", {"kind": ["Sandals"], "below": 30}),
    _q("price", "handbags less than a hundred bucks", {"kind": ["Handbags"], "below": 100},
       {"kind": ["Handbags"]}),
    _q("price", "dress for about $80", {"kind": ["Dresses"], "above": 64, "below": 96}, {"kind": ["Dresses"]}),
    _q("price", "max 40 tshirt", {"kind": ["Tshirts"], "below": 40}, {"kind": ["Tshirts"]}),
    _q("price", "most expensive watch", {"kind": ["Watches"], "above": 200}, {"kind": ["Watches"]}),
    _q("price", "jeans between fifty and eighty", {"kind": ["Jeans"], "above": 50, "below": 80},
       {"kind": ["Jeans"]}),
    _q("price", "belt not more than 35", {"kind": ["Belts"], "below": 35}, {"kind": ["Belts"]}),
    _q("price", "backpack budget 60", {"kind": ["Backpacks"], "below": 60}, {"kind": ["Backpacks"]}),
    _q("price", "sunglasses 50 dollars or less", {"kind": ["Sunglasses"], "below": 50}, {"kind": ["Sunglasses"]}),
    _q("price", "perfume over fifty", {"kind": ["Perfume and Body Mist"], "above": 50},
       {"kind": ["Perfume and Body Mist"]}),
    _q("price", "kurta 50-100", {"kind": ["Kurtas"], "above": 50, "below": 100}, {"kind": ["Kurtas"]}),
    _q("price", "cheap flip flops", {"kind": ["Flip Flops"], "below": 40}, {"kind": ["Flip Flops"]}),
    _q("price", "heels approx 90 usd", {"kind": ["Heels"], "above": 72, "below": 108}, {"kind": ["Heels"]}),
    _q("price", "shorts < 30", {"kind": ["Shorts"], "below": 30}, {"kind": ["Shorts"]}),
    _q("price", "lowest price wallets", {"kind": ["Wallets"], "below": 40}, {"kind": ["Wallets"]}),
    _q("price", "shoes under 50 bucks", {"sub": ["Shoes"], "below": 50}, {"sub": ["Shoes"]}),
    _q("price", "watch between $50 and $80", {"kind": ["Watches"], "above": 50, "below": 80}, {"kind": ["Watches"]}),
    _q("price", "handbags cheaper than 45", {"kind": ["Handbags"], "below": 45}, {"kind": ["Handbags"]}),
    _q("price", "a dress for forty dollars", {"kind": ["Dresses"], "above": 32, "below": 48}, {"kind": ["Dresses"]}),
    _q("price", "kurta upto 30", {"kind": ["Kurtas"], "below": 30}, {"kind": ["Kurtas"]}),
    _q("price", "jeans $40 - $60", {"kind": ["Jeans"], "above": 40, "below": 60}, {"kind": ["Jeans"]}),
    _q("price", "costliest handbag", {"kind": ["Handbags"], "above": 100}, {"kind": ["Handbags"]}),
    _q("price", "sandals below €25", {"kind": ["Sandals"], "below": 25}, {"kind": ["Sandals"]}),
    _q("price", "tshirt for less than twenty", {"kind": ["Tshirts"], "below": 20}, {"kind": ["Tshirts"]}),
    _q("price", "watches from 100 upwards", {"kind": ["Watches"], "above": 100}, {"kind": ["Watches"]}),
    # --- rare words: products that contain all of them exist ---
    _q("rare words", "jealous 21 printed dress", {"brand": ["Jealous 21"], "kind": ["Dresses"], "word": "print"},
       {"brand": ["Jealous 21"], "kind": ["Dresses"]}, {"kind": ["Dresses"], "word": "print"}),
    _q("rare words", "silk saree", {"kind": ["Sarees"], "word": "silk"}, {"kind": ["Sarees"]}),
    _q("rare words", "woollen stole", {"kind": ["Stoles"], "word": "wool"}, {"kind": ["Stoles"]}),
    _q("rare words", "jute bag", {"word": _both("jute", "")}, {"sub": ["Bags"]}),
    _q("rare words", "denim jacket", {"kind": ["Jackets"], "word": "denim"}, {"kind": ["Jackets"]}),
    _q("rare words", "velvet heels", {"kind": ["Heels"], "word": "velvet"}, {"kind": ["Heels"]}),
    _q("rare words", "canvas shoes men", {"kind": _SHOES, "gender": _MEN, "word": "canvas"},
       {"kind": ["Casual Shoes", "Sports Shoes"], "gender": _MEN}),
    _q("rare words", "suede casual shoes", {"kind": ["Casual Shoes"], "word": "suede"}, {"kind": ["Casual Shoes"]}),
    _q("rare words", "beaded necklace", {"kind": ["Necklace and Chains"], "word": "bead"},
       {"kind": ["Necklace and Chains", "Jewellery Set", "Pendant"]}),
    _q("rare words", "sleeveless top", {"kind": ["Tops"], "word": "sleeveless"}, {"kind": ["Tops"]}),
    _q("rare words", "linen shirt", {"kind": ["Shirts"], "word": "linen"}, {"kind": ["Shirts"]}),
    _q("rare words", "khadi kurta", {"kind": ["Kurtas", "Kurtis"], "word": "khadi"},
       {"kind": ["Kurtas", "Kurtis"]}),
    _q("rare words", "peep toe heels", {"kind": ["Heels"], "word": "peep"}, {"kind": ["Heels"]}),
    _q("rare words", "hooded jacket men", {"kind": ["Jackets"], "gender": _MEN, "word": "hood"},
       {"kind": ["Jackets", "Sweatshirts"], "gender": _MEN}),
    _q("rare words", "sequinned clutch", {"kind": ["Clutches"], "word": "sequin"}, {"kind": ["Clutches"]}),
    _q("rare words", "wedge sandals", {"kind": ["Sandals", "Heels"], "word": "wedge"},
       {"kind": ["Sandals", "Heels"]}),
    _q("rare words", "corduroy trousers", {"kind": ["Trousers"], "word": "cordu?roy|corduroy"}, {"kind": ["Trousers"]}),
    _q("rare words", "lace bra", {"kind": ["Bra"], "word": "lace"}, {"kind": ["Bra"]}),
    _q("rare words", "satin nightdress", {"kind": ["Nightdress"], "word": "satin"}, {"kind": ["Nightdress"]}),
    _q("rare words", "reversible belt", {"kind": ["Belts"], "word": "reversible"}, {"kind": ["Belts"]}),
    _q("rare words", "angry birds tshirt", {"kind": ["Tshirts"], "word": "angry birds"}, {"kind": ["Tshirts"]}),
    _q("rare words", "gladiator sandals", {"kind": ["Sandals", "Flats"], "word": "gladiator"},
       {"kind": ["Sandals", "Flats"]}),
    _q("rare words", "quilted handbag", {"kind": ["Handbags"], "word": "quilt"}, {"kind": ["Handbags"]}),
    _q("rare words", "polarized sunglasses", {"kind": ["Sunglasses"], "word": "polari[sz]ed"},
       {"kind": ["Sunglasses"]}),
    _q("rare words", "cargo shorts", {"kind": ["Shorts"], "word": "cargo"}, {"kind": ["Shorts"]}),
    _q("rare words", "bandhani dupatta", {"kind": ["Dupatta"], "word": "bandh"}, {"kind": ["Dupatta"]}),
    # --- two colours ---
    _two("black and white dress", ("Dresses",), _both("black", "white"), ("Black", "White")),
    _two("rose gold watch", ("Watches",), "rose.?gold|gold", ("Rose", "Gold", "Copper")),
    _two("blue and white striped shirt", ("Shirts",), _both("blue", "white"), ("Blue", "White", "Navy Blue")),
    _two("red and black tshirt", ("Tshirts",), _both("red", "black"), ("Red", "Black")),
    _two("black & red sports shoes", ("Sports Shoes",), _both("black", "red"), ("Red", "Black")),
    _two("pink and white top", ("Tops",), _both("pink", "white"), ("Pink", "White")),
    _two("white and blue sports shoes", ("Sports Shoes",), _both("white", "blue"), ("White", "Blue")),
    _two("black and gold watch", ("Watches",), _both("black", "gold"), ("Black", "Gold")),
    _two("green and white kurta", ("Kurtas", "Kurtis"), _both("green", "white"), ("Green", "White")),
    _two("black white heels", ("Heels",), _both("black", "white"), ("Black", "White")),
    _two("navy and white shirt men", ("Shirts",), _both("navy", "white"), ("Navy Blue", "White"), gender=_MEN),
    _two("red/white tshirt", ("Tshirts",), _both("red", "white"), ("Red", "White")),
    _two("brown and black belt", ("Belts",), _both("brown", "black"), ("Brown", "Black")),
    _two("grey and black backpack", ("Backpacks",), _both("gr[ea]y", "black"), ("Grey", "Black")),
    _two("purple & white dress", ("Dresses",), _both("purple", "white"), ("Purple", "White")),
    _two("yellow and black flip flops", ("Flip Flops",), _both("yellow", "black"), ("Yellow", "Black")),
    _two("blue and red tshirt", ("Tshirts",), _both("blue", "red"), ("Blue", "Red")),
    _two("white and gold sandals", ("Sandals", "Flats"), _both("white", "gold"), ("White", "Gold")),
    _two("silver and black watch", ("Watches",), _both("silver", "black"), ("Silver", "Black")),
    _two("pink purple top", ("Tops",), _both("pink", "purple"), ("Pink", "Purple")),
    _two("black, blue backpack", ("Backpacks",), _both("black", "blue"), ("Black", "Blue")),
    _two("red and white kurta women", ("Kurtas", "Kurtis"), _both("red", "white"), ("Red", "White"), gender=_WOMEN),
    _two("brown & beige handbag", ("Handbags",), _both("brown", "beige"), ("Brown", "Beige")),
    _two("grey with pink sports shoes", ("Sports Shoes",), _both("grey", "pink"), ("Grey", "Pink")),
    # --- nothing of the kind ---
    *map(_none, (
        "sofa", "refrigerator", "dog food", "iphone 13", "garden chair", "coffee table", "microwave oven",
        "bicycle helmet", "washing machine", "laptop charger", "piano", "lawn mower", "toothpaste",
        "wedding cake", "car tyres", "drill", "novel", "red sofa",
    )),
    *map(_none, ("mattress", "dining table", "mobile phone", "cat litter", "air conditioner", "tennis racket",
                 "blue curtains", "wireless headphones", "baby stroller", "chess board", "screwdriver set",
                 "concert tickets")),
)  # fmt: skip
