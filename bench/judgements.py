"""Judged queries over the real catalogue: what a shopper who types this hopes to see.

Judgements are rules over a product's attributes, so no text of the catalogue is copied here. They were
written before the ranking was tuned. Every third query of a kind is held out: never tuned on, reported
apart.

Grades: 3 just that, 2 would do as well, 1 related. A product gets the best grade whose rule it meets.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

KINDS = ("exact", "colour + type", "brand", "misspelt", "synonym", "long")
"""Of the queries in this module; bench/judgements_people.py has more."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Conditions that a product must meet all; an empty one is met by any.

    word: a regular expression that its name must have, whatever the case; named: products called like
    this one, by number; number: this very product. below, above: price in the major unit, included.
    not_…: what it must not be.
    """

    kind: Collection[str] = ()
    sub: Collection[str] = ()
    master: Collection[str] = ()
    colour: Collection[str] = ()
    gender: Collection[str] = ()
    brand: Collection[str] = ()
    usage: Collection[str] = ()
    season: Collection[str] = ()
    word: str = ""
    named: int = 0
    number: int = 0
    not_colour: Collection[str] = ()
    not_gender: Collection[str] = ()
    not_brand: Collection[str] = ()
    not_word: str = ""
    below: float = 1e9
    above: float = 0

    def is_met(self, product: Any, named: str) -> bool:
        """product: with the attributes of the API's products; named: the name of product ``named``."""
        within = (
            (self.kind, product.article_type),
            (self.sub, product.sub_category),
            (self.master, product.master_category),
            (self.colour, product.base_color),
            (self.gender, product.gender),
            (self.usage, product.usage),
            (self.season, product.season),
        )
        return (
            all(not wanted or value in wanted for wanted, value in within)
            and self.above <= product.price <= self.below
            and (not self.brand or _brand(product.brand) in map(_brand, self.brand))
            and (not self.named or product.product_display_name.casefold() == named)
            and (not self.number or int(product.product_id) == self.number)
            and (not self.word or _contains(product, self.word))
            and product.base_color not in self.not_colour
            and product.gender not in self.not_gender
            and _brand(product.brand) not in map(_brand, self.not_brand)
            and not (self.not_word and _contains(product, self.not_word))
        )


def _contains(product: Any, pattern: str) -> bool:
    return re.search(rf"\b(?:{pattern})", product.product_display_name, re.I) is not None


def _brand(name: str | None) -> str:
    return re.sub(r"[^a-z0-9]|\band\b", "", (name or "").casefold())


@dataclass(frozen=True, slots=True)
class Judged:
    """A query, its kind, and the rules of each grade; without any, nothing should be found."""

    kind: str
    query: str
    grades: dict[int, list[Rule]] = field(default_factory=dict)
    is_held_out: bool = False


def all_queries(names: dict[int, str]) -> list[Judged]:
    """Every judged query; names: of the catalogue's products by number, for the queries by name."""
    found: list[Judged] = []
    for number, kind in enumerate(KINDS):
        of_kind = list(_exact(names)) if not number else [j for j in _JUDGED if j.kind == kind]
        found += [
            Judged(j.kind, j.query, j.grades, is_held_out=at % 3 == 2)
            for at, j in enumerate(of_kind)
        ]
    return found


def _exact(names: dict[int, str]) -> Iterator[Judged]:
    for number in _NAMED:
        if number in names:
            yield Judged("exact", names[number], {3: [Rule(named=number)]})


# Drawn from the catalogue with Python's random.sample, seed 20.
_NAMED = (
    2238, 3449, 3646, 3912, 4403, 5436, 9801, 11353, 12638, 14988, 16209, 17896, 18546, 27839,
    28854, 29169, 31113, 31840, 35014, 44100, 46092, 48178, 56142, 59585,
)  # fmt: skip

_MEN, _WOMEN = ("Men", "Unisex"), ("Women", "Unisex")
_BLUES = ("Blue", "Navy Blue", "Turquoise Blue")
_REDS = ("Red", "Maroon", "Burgundy")
_GREYS = ("Grey", "Grey Melange", "Charcoal")
_BROWNS = ("Brown", "Coffee Brown", "Tan", "Mushroom Brown", "Taupe")
_WHITES = ("White", "Off White", "Cream")
_GREENS = ("Green", "Olive", "Sea Green", "Lime Green", "Fluorescent Green", "Teal")
_PINKS = ("Pink", "Magenta", "Rose", "Peach")
_SHOES = ("Casual Shoes", "Sports Shoes", "Formal Shoes")


def _coloured(
    query: str,
    kind: Collection[str],
    colour: Collection[str],
    near: Collection[str] = (),
    gender: Collection[str] = (),
    kin: Collection[str] = (),
) -> Judged:
    """Kind and colour: 3; a near shade: 2; the kind in another colour, or its kin in this: 1."""
    grades = {
        3: [Rule(kind=kind, colour=colour, gender=gender)],
        1: [Rule(kind=kind, gender=gender)],
    }
    if near:
        grades[2] = [Rule(kind=kind, colour=near, gender=gender)]
    if kin:
        grades[1].append(Rule(kind=kin, colour=colour, gender=gender))
    return Judged("colour + type", query, grades)


def _branded(query: str, brand: Collection[str], **conditions: Any) -> Judged:
    """The brand and all else: 3; the brand alone, or all else alone: 1."""
    if not conditions:
        return Judged("brand", query, {3: [Rule(brand=brand)]})
    return Judged(
        "brand",
        query,
        {3: [Rule(brand=brand, **conditions)], 1: [Rule(brand=brand), Rule(**conditions)]},
    )


def _judged(kind: str, query: str, best: Rule | list[Rule], *related: Rule) -> Judged:
    """Best: 3; related: 1."""
    grades = {3: best if isinstance(best, list) else [best]}
    if related:
        grades[1] = list(related)
    return Judged(kind, query, grades)


def graded(kind: str, query: str, best: dict[str, Any], *related: dict[str, Any]) -> Judged:
    """The same, with each rule as its conditions: for the modules beside this one."""
    return _judged(kind, query, Rule(**best), *(Rule(**rule) for rule in related))


_JUDGED: tuple[Judged, ...] = (
    # --- colour + type ---
    _coloured("navy blue kurta", ["Kurtas"], ["Navy Blue"], _BLUES, kin=["Kurtis", "Kurta Sets"]),
    _coloured("red dress", ["Dresses"], ["Red"], _REDS),
    _coloured("black handbag", ["Handbags"], ["Black"]),
    _coloured("white shirt men", ["Shirts"], ["White"], _WHITES, gender=_MEN),
    _coloured("blue jeans women", ["Jeans"], ["Blue"], _BLUES, gender=_WOMEN, kin=["Jeggings"]),
    _coloured("brown leather belt", ["Belts"], ["Brown"], _BROWNS),
    _coloured("grey t-shirt", ["Tshirts"], ["Grey"], _GREYS),
    _coloured("pink top", ["Tops"], ["Pink"], _PINKS, kin=["Tunics"]),
    _coloured("green saree", ["Sarees"], ["Green"], _GREENS),
    _coloured("black formal shoes", ["Formal Shoes"], ["Black"]),
    _coloured("purple nail polish", ["Nail Polish"], ["Purple"], ["Lavender", "Mauve"]),
    _coloured("silver watch", ["Watches"], ["Silver"], ["Steel", "Metallic"]),
    _coloured("gold earrings", ["Earrings"], ["Gold"], ["Bronze", "Copper", "Metallic"]),
    _coloured("olive shorts", ["Shorts"], ["Olive"], _GREENS),
    _coloured("beige heels", ["Heels"], ["Beige"], ["Cream", "Nude", "Khaki", "Skin"]),
    _coloured("maroon sweater", ["Sweaters"], ["Maroon"], _REDS),
    _coloured("white sports shoes", ["Sports Shoes"], ["White"], _WHITES),
    _coloured("black leggings", ["Leggings"], ["Black"], kin=["Jeggings"]),
    _coloured("yellow flip flops", ["Flip Flops"], ["Yellow"], ["Mustard"]),
    _coloured("blue cap", ["Caps"], ["Blue"], _BLUES, kin=["Hat"]),
    _coloured("black backpack", ["Backpacks"], ["Black"], kin=["Rucksacks", "Laptop Bag"]),
    _coloured("teal kurti", ["Kurtis", "Kurtas"], ["Teal"], _GREENS, kin=["Tunics"]),
    _coloured("off white stole", ["Stoles"], ["Off White"], _WHITES, kin=["Scarves", "Dupatta"]),
    _coloured("khaki trousers", ["Trousers"], ["Khaki"], ["Beige", "Tan"], kin=["Shorts"]),
    # --- brand ---
    _branded("puma", ["Puma"]),
    _branded("nike shoes", ["Nike"], kind=_SHOES),
    _branded("levis jeans", ["Levis", "Levi's"], kind=["Jeans"]),
    _branded("united colors of benetton sweater", ["United Colors of Benetton", "UCB"],
             kind=["Sweaters"]),
    _branded("fabindia kurta women", ["Fabindia"], kind=["Kurtas", "Kurtis"], gender=_WOMEN),
    _branded("casio watch", ["CASIO", "CASIO ENTICER", "Casio Edifice", "CASIO Sheen",
             "CASIO G-Shock", "Casio Youth Series", "CASIO YOUTH"], kind=["Watches"]),
    _branded("ray ban sunglasses", ["Ray-Ban"], kind=["Sunglasses"]),
    _branded("w kurta", ["W"], kind=["Kurtas", "Kurtis"]),
    _branded("only tops", ["ONLY"], kind=["Tops"]),
    _branded("red tape shoes", ["Red Tape", "Redtape"], kind=_SHOES),
    _branded("baggit wallet", ["Baggit"], kind=["Wallets"]),
    _branded("gini & jony boys tshirt", ["Gini and Jony", "Gini Jony", "Gini & Jony"],
             kind=["Tshirts"], gender=["Boys"]),
    _branded("u.s. polo assn shirt", ["U.S. Polo Assn.", "U.S.Polo Assn.", "U.S. Polo Assn"],
             kind=["Shirts"]),
    _branded("lakme lipstick", ["Lakme"], kind=["Lipstick"]),
    _branded("biba kurta", ["BIBA"], kind=["Kurtas", "Kurtis"]),
    _branded("woodland shoes men", ["Woodland"], kind=_SHOES, gender=_MEN),
    _branded("fossil women watch", ["Fossil"], kind=["Watches"], gender=_WOMEN),
    _branded("jockey briefs", ["Jockey", "Jockey ELANCE", "Jockey ZONE", "Jockey MC"],
             kind=["Briefs"]),
    _branded("american tourister backpack", ["American Tourister"], kind=["Backpacks"]),
    _branded("inc 5 heels", ["Inc 5", "Inc. 5", "Inc.5"], kind=["Heels"]),
    _branded("arrow formal shirts", ["Arrow"], kind=["Shirts"]),
    _branded("converse", ["Converse"]),
    # --- misspelt ---
    _judged("misspelt", "addidas shoes", Rule(brand=["ADIDAS"], kind=_SHOES), Rule(kind=_SHOES)),
    _judged("misspelt", "blak dress", Rule(kind=["Dresses"], colour=["Black"]),
            Rule(kind=["Dresses"])),
    _judged("misspelt", "jeens", Rule(kind=["Jeans"])),
    _judged("misspelt", "sandels women", Rule(kind=["Sandals"], gender=_WOMEN),
            Rule(kind=["Flats", "Heels"])),
    _judged("misspelt", "sunglases", Rule(kind=["Sunglasses"])),
    _judged("misspelt", "lether wallet", Rule(kind=["Wallets"])),
    _judged("misspelt", "reebock sports shoes", Rule(brand=["Reebok"], kind=["Sports Shoes"]),
            Rule(brand=["Reebok"]), Rule(kind=["Sports Shoes"])),
    _judged("misspelt", "kurtha", [Rule(kind=["Kurtas", "Kurtis"])], Rule(kind=["Kurta Sets"])),
    _judged("misspelt", "whatches for men", Rule(kind=["Watches"], gender=_MEN),
            Rule(kind=["Watches"])),
    _judged("misspelt", "tshrit", Rule(kind=["Tshirts"])),
    _judged("misspelt", "purpel top", Rule(kind=["Tops"], colour=["Purple", "Lavender", "Mauve"]),
            Rule(kind=["Tops"])),
    _judged("misspelt", "trousars", Rule(kind=["Trousers"])),
    _judged("misspelt", "handbeg", Rule(kind=["Handbags"])),
    _judged("misspelt", "wrangeler jeans", Rule(brand=["Wrangler"], kind=["Jeans"]),
            Rule(kind=["Jeans"]), Rule(brand=["Wrangler"])),
    _judged("misspelt", "sweeter for women", Rule(kind=["Sweaters"], gender=_WOMEN),
            Rule(kind=["Sweaters", "Sweatshirts"])),
    _judged("misspelt", "perfum", Rule(kind=["Perfume and Body Mist"]),
            Rule(sub=["Fragrance", "Perfumes"])),
    _judged("misspelt", "nail polsh red", Rule(kind=["Nail Polish"], colour=_REDS),
            Rule(kind=["Nail Polish"])),
    _judged("misspelt", "fastrak watch", Rule(brand=["Fastrack"], kind=["Watches"]),
            Rule(kind=["Watches"]), Rule(brand=["Fastrack"])),
    _judged("misspelt", "bagpak", Rule(kind=["Backpacks"]), Rule(kind=["Rucksacks"])),
    _judged("misspelt", "earings", Rule(kind=["Earrings"])),
    _judged("misspelt", "tracck pants", Rule(kind=["Track Pants"]), Rule(kind=["Lounge Pants"])),
    _judged("misspelt", "bennetton tops", Rule(brand=["United Colors of Benetton", "UCB"],
            kind=["Tops"]), Rule(kind=["Tops"]), Rule(brand=["United Colors of Benetton"])),
    _judged("misspelt", "brwon belt", Rule(kind=["Belts"], colour=_BROWNS), Rule(kind=["Belts"])),
    _judged("misspelt", "leggins", Rule(kind=["Leggings"]), Rule(kind=["Jeggings"])),
    # --- synonym ---
    _judged("synonym", "sneakers", [Rule(kind=["Casual Shoes", "Sports Shoes"])]),
    _judged("synonym", "running shoes", Rule(kind=["Sports Shoes"])),
    _judged("synonym", "pants for men", Rule(kind=["Trousers"], gender=_MEN),
            Rule(kind=["Track Pants", "Jeans", "Lounge Pants"], gender=_MEN)),
    _judged("synonym", "jumper", Rule(kind=["Sweaters"]), Rule(kind=["Sweatshirts"])),
    _judged("synonym", "purse", [Rule(kind=["Handbags", "Clutches"]), Rule(word="purse")],
            Rule(kind=["Wallets"])),
    _judged("synonym", "sari", Rule(kind=["Sarees"])),
    _judged("synonym", "goggles", Rule(kind=["Sunglasses"])),
    _judged("synonym", "cologne for men", Rule(kind=["Perfume and Body Mist"], gender=_MEN),
            Rule(sub=["Fragrance", "Perfumes"], gender=_MEN)),
    _judged("synonym", "slippers", [Rule(kind=["Flip Flops"]), Rule(word="slipper")],
            Rule(kind=["Sandals", "Flats"])),
    _judged("synonym", "nightwear women", Rule(kind=["Nightdress", "Night suits", "Baby Dolls",
            "Lounge Pants", "Lounge Shorts", "Lounge Tshirts", "Robe", "Bath Robe"],
            gender=_WOMEN)),
    _judged("synonym", "lingerie", [Rule(kind=["Bra", "Camisoles", "Shapewear", "Baby Dolls"]),
            Rule(kind=["Briefs"], gender=["Women"])], Rule(sub=["Innerwear"])),
    _judged("synonym", "pullover men", Rule(kind=["Sweaters"], gender=_MEN),
            Rule(kind=["Sweatshirts"], gender=_MEN)),
    _judged("synonym", "school bag", Rule(kind=["Backpacks"]), Rule(kind=["Rucksacks"])),
    _judged("synonym", "jewelry", Rule(sub=["Jewellery"])),
    _judged("synonym", "stilettos", Rule(kind=["Heels"])),
    _judged("synonym", "loafers", [Rule(kind=["Casual Shoes", "Formal Shoes"], word="loafer"),
            Rule(kind=["Casual Shoes"], word="slip")], Rule(kind=["Casual Shoes", "Formal Shoes"])),
    _judged("synonym", "eyeliner", Rule(kind=["Kajal and Eyeliner"])),
    _judged("synonym", "hoodie", [Rule(kind=["Sweatshirts", "Jackets"], word="hood")],
            Rule(kind=["Sweatshirts"])),
    _judged("synonym", "gray tee", Rule(kind=["Tshirts"], colour=_GREYS), Rule(kind=["Tshirts"])),
    _judged("synonym", "nail paint", Rule(kind=["Nail Polish"])),
    _judged("synonym", "rucksack", [Rule(kind=["Rucksacks", "Backpacks"])]),
    _judged("synonym", "chappals for women", Rule(kind=["Flip Flops"], gender=_WOMEN),
            Rule(kind=["Sandals", "Flats"], gender=_WOMEN)),
    _judged("synonym", "joggers", Rule(kind=["Track Pants"]), Rule(kind=["Lounge Pants"])),
    _judged("synonym", "ladies wrist watch", Rule(kind=["Watches"], gender=_WOMEN)),
    # --- long ---
    _judged("long", "navy blue kurta under 100", Rule(kind=["Kurtas", "Kurtis"],
            colour=["Navy Blue"], below=100), Rule(kind=["Kurtas", "Kurtis"], below=100)),
    _judged("long", "looking for black leather handbags for women",
            Rule(kind=["Handbags"], colour=["Black"], gender=_WOMEN),
            Rule(kind=["Handbags", "Clutches"], gender=_WOMEN)),
    _judged("long", "i need white running shoes for men below 120",
            Rule(kind=["Sports Shoes"], colour=_WHITES, gender=_MEN, below=120),
            Rule(kind=_SHOES, gender=_MEN, below=120)),
    _judged("long", "casual checked shirt for men with full sleeves",
            Rule(kind=["Shirts"], gender=_MEN, word="check"), Rule(kind=["Shirts"], gender=_MEN)),
    _judged("long", "gift for girlfriend perfume between 20 and 60",
            Rule(kind=["Perfume and Body Mist"], gender=_WOMEN, above=20, below=60),
            Rule(sub=["Fragrance", "Perfumes"])),
    _judged("long", "women's printed cotton kurti for summer",
            Rule(kind=["Kurtas", "Kurtis"], gender=_WOMEN, word="print"),
            Rule(kind=["Kurtas", "Kurtis"], gender=_WOMEN)),
    _judged("long", "best sports watch for men with digital display",
            Rule(kind=["Watches"], gender=_MEN, word="digital"), Rule(kind=["Watches"], gender=_MEN)),
    _judged("long", "blue polo t-shirt for boys by gini and jony",
            Rule(kind=["Tshirts"], gender=["Boys"], colour=_BLUES,
                 brand=["Gini and Jony", "Gini Jony", "Gini & Jony"]),
            Rule(kind=["Tshirts"], gender=["Boys"])),
    _judged("long", "brown formal leather shoes for office men",
            Rule(kind=["Formal Shoes"], colour=_BROWNS, gender=_MEN),
            Rule(kind=["Formal Shoes"], gender=_MEN)),
    _judged("long", "red printed saree for a party", Rule(kind=["Sarees"], colour=_REDS),
            Rule(kind=["Sarees"])),
    _judged("long", "comfortable grey track pants for women under $80",
            Rule(kind=["Track Pants"], colour=_GREYS, gender=_WOMEN, below=80),
            Rule(kind=["Track Pants"], gender=_WOMEN, below=80)),
    _judged("long", "black backpack for laptop and college",
            Rule(kind=["Backpacks", "Laptop Bag"], colour=["Black"]),
            Rule(kind=["Backpacks", "Laptop Bag"])),
    _judged("long", "matte pink lipstick lakme", Rule(kind=["Lipstick"], brand=["Lakme"],
            colour=_PINKS), Rule(kind=["Lipstick"], brand=["Lakme"]), Rule(kind=["Lipstick"])),
    _judged("long", "mens striped formal shirt arrow size 42 white",
            Rule(kind=["Shirts"], brand=["Arrow"], colour=_WHITES, word="strip"),
            Rule(kind=["Shirts"], brand=["Arrow"])),
    _judged("long", "high heel sandals for wedding gold colour",
            Rule(kind=["Heels"], colour=["Gold"]), Rule(kind=["Heels", "Sandals"])),
    _judged("long", "nike football jersey t-shirt manchester united",
            [Rule(kind=["Tshirts"], brand=["Nike", "Manchester United"], word="manchester")],
            Rule(kind=["Tshirts"], brand=["Nike"])),
    _judged("long", "woolen winter scarf for women in red or maroon",
            Rule(kind=["Scarves", "Mufflers", "Stoles"], colour=_REDS, gender=_WOMEN),
            Rule(kind=["Scarves", "Mufflers", "Stoles"], gender=_WOMEN)),
    _judged("long", "girls pink dress age 6 under 50 dollars",
            Rule(kind=["Dresses"], gender=["Girls"], colour=_PINKS, below=50),
            Rule(kind=["Dresses"], gender=["Girls"])),
    _judged("long", "men black wallet leather less than 60 by fastrack or fossil",
            Rule(kind=["Wallets"], gender=_MEN, colour=["Black"], below=60,
                 brand=["Fastrack", "Fossil"]), Rule(kind=["Wallets"], gender=_MEN, below=60)),
    _judged("long", "show me silver analogue watches for ladies over 100",
            Rule(kind=["Watches"], gender=_WOMEN, colour=["Silver", "Steel"], above=100),
            Rule(kind=["Watches"], gender=_WOMEN)),
)  # fmt: skip
