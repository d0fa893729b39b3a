"""What the demo's brands make: article types with their share, genders, colours and materials.

Data only; ``products`` chooses from it. Categories, genders, seasons and usages are those of the data
set, so one set of filters serves both catalogues. The brands are invented.
"""

from dataclasses import dataclass

BRANDS: dict[str, tuple[str, ...]] = {
    "clothes": (
        "Aldren", "Morvane", "Halvire", "Ostrelle", "Velmara", "Corwick", "Sorrelby", "Pellowen",
        "Maristow", "Ardelise", "Wendelow", "Bramhollow",
    ),
    "sport": ("Kestrow", "Nordhale", "Rookley", "Strydane"),
    "leather": ("Brannoch", "Fennmoor", "Calvessa", "Tolliver Row"),
    "fine": ("Lunehart", "Ivrane", "Quillary", "Zephrane"),
}  # fmt: skip

PALETTES: dict[str, str] = {
    "everyday": (
        "Black*14, White*11, Navy Blue*10, Blue*9, Grey*6, Red*5, Green*5, Pink*4, Beige*4, Brown*3,"
        "Maroon*3, Olive*3, Charcoal*3, Off White*3, Yellow*2, Purple*2, "
        "Cream*2, Orange*2, Khaki*2,"
        "Teal*2, Grey Melange*2, Burgundy*2, Lavender*2, Mustard*2, Rust*2, Peach, Turquoise Blue,"
        "Mauve, Rose, Sea Green, Taupe, Magenta, Multi*2, Mushroom Brown, Coffee Brown"
    ),
    "womens": (
        "Black*10, White*8, Pink*6, Red*6, Blue*6, Navy Blue*5, Green*5, Purple*3, Peach*4, "
        "Cream*3,"
        "Beige*3, Lavender*3, Maroon*3, Teal*3, Rose*2, Magenta*2, Yellow*3, Mauve*2, Orange*2,"
        "Rust*2, Burgundy*2, Turquoise Blue*2, Sea Green*2, Mustard*2, Off White*2, Multi*3, Nude,"
        "Gold, Olive, Grey"
    ),
    "sporty": (
        "Black*14, Grey*8, White*8, Navy Blue*8, Blue*7, Red*4, "
        "Charcoal*4, Grey Melange*4, Green*2,"
        "Orange*2, Pink*2, Purple, Lime Green*2, Fluorescent Green*2, Turquoise Blue, Maroon, Teal"
    ),
    "tailored": (
        "Black*10, Navy Blue*10, Grey*8, Charcoal*7, Beige*5, Khaki*5, Brown*4, Olive*3, Cream*2,"
        "Taupe*2, White*2, Blue*3, Burgundy, Mushroom Brown, Tan*2, Off White"
    ),
    "denim": "Blue*16, Navy Blue*10, Black*8, Grey*4, Charcoal*3, White*2, Turquoise Blue",
    "leather": (
        "Black*14, Brown*12, Tan*9, "
        "Coffee Brown*5, Burgundy*3, Navy Blue*2, Maroon*2, Grey*2, Taupe*2,"
        "Beige*2, Rust, Mushroom Brown, Olive, White"
    ),
    "dressy": (
        "Black*12, Red*6, Nude*5, Beige*4, Gold*4, Silver*4, Brown*4, Tan*3, White*3, Pink*3, Blue*3,"
        "Navy Blue*3, Maroon*2, Burgundy*2, "
        "Copper, Bronze*2, Purple*2, Green*2, Metallic*2, Cream*2,"
        "Skin, Peach, Teal, Multi"
    ),
    "metals": (
        "Gold*14, Silver*12, Bronze*2, Copper*3, Steel*3, "
        "Metallic*2, Red*3, Green*3, Blue*3, Black*3,"
        "White*3, Turquoise Blue*2, Purple*2, Pink*2, Multi"
    ),
    "watches": "Black*12, Brown*8, Silver*7, Steel*7, Gold*5, Tan*4, White*3, Blue*3, Navy Blue*3,"
    "Copper*2, Red, Pink, Green, Bronze, Burgundy, Metallic",
    "frames": "Black*12, Brown*7, Gold*5, Silver*4, Grey*2, Maroon*2, Navy Blue*2, Green, Copper,"
    "Steel*2, White, Red, Purple, Bronze",
    "lips": "Red*10, Pink*9, Rose*7, Nude*6, Maroon*4, "
    "Magenta*4, Peach*4, Mauve*4, Burgundy*3, Brown*3,"
    "Orange*2, Purple, Copper, Skin",
    "nails": "Red*8, Pink*8, Nude*4, Purple*4, "
    "Magenta*3, Black*3, Blue*3, Peach*3, Lavender*3, Maroon*3,"
    "Gold*2, Silver*2, Turquoise Blue*2, Teal*2, Sea Green*2, Rose*2, Orange*2, Lime Green, White",
    "scents": "Gold*3, Pink*4, Blue*4, Peach*3, "
    "Lavender*3, Yellow*2, White*3, Black*3, Green*3, Rose*2,"
    "Silver*2, Nude*2, Purple*2, Skin, Sea Green",
}


@dataclass(frozen=True, slots=True)
class ProductLine:
    """One article type of the demo.

    share: weight among all lines. brands: a key of BRANDS. Genders, seasons, usages and palettes:
    ``"name*weight, name"``. nouns: what a product is called, by the choice of cut that names it; ``""``
    is the default.
    """

    category: tuple[str, str, str]
    share: int
    brands: str
    genders: str
    palette: str
    materials: tuple[str, ...]
    nouns: dict[str, str]
    usage: str = "Casual"
    season: str = "Summer*5, Fall*3, Winter*2, Spring*2"


_TOP, _BOTTOM = ("Apparel", "Topwear"), ("Apparel", "Bottomwear")
_SHOES, _BAGS = ("Footwear", "Shoes"), ("Accessories", "Bags")
_JEWELS = ("Accessories", "Jewellery")
_ALL = "Men*5, Women*5, Boys, Girls"
_ADULTS = "Men*5, Women*5"
_WARM = "Winter*6, Fall*5, Spring"
_HOT = "Summer*8, Spring*3, Fall"
_COTTON = ("Cotton", "Organic Cotton", "Cotton Jersey", "Slub Cotton")
_LEATHER = ("Leather", "Grained Leather", "Suede")

LINES: tuple[ProductLine, ...] = (
    ProductLine((*_TOP, "Tshirts"), 130, "clothes", _ALL, "everyday", _COTTON,
         {"polo": "Polo T-shirt", "": "T-shirt"}, "Casual*6, Sports", "Summer*8, Fall*3, Spring*2"),
    ProductLine((*_TOP, "Shirts"), 75, "clothes", "Men*7, Women*3, Boys", "everyday",
         ("Poplin", "Oxford Cotton", "Linen", "Cotton Twill", "Linen Blend"), {"": "Shirt"},
         "Casual*6, Formal*4, Smart Casual"),
    ProductLine((*_TOP, "Tops"), 55, "clothes", "Women*8, Girls", "womens",
         ("Viscose", "Crepe", "Cotton Voile", "Satin"), {"": "Top"}, "Casual*8, Party", _HOT),
    ProductLine((*_TOP, "Tunics"), 14, "clothes", "Women", "womens", ("Viscose", "Cotton Voile",
         "Linen Blend"),
         {"": "Tunic"}),
    ProductLine((*_TOP, "Kurtas"), 34, "clothes", "Women*6, Men*4", "womens",
         ("Cotton", "Linen", "Chanderi", "Silk Blend"), {"": "Kurta"}, "Ethnic"),
    ProductLine((*_TOP, "Sweaters"), 26, "clothes", _ALL, "everyday",
         ("Merino Wool", "Lambswool", "Cotton Knit", "Wool Blend"),
         {"cardigan": "Cardigan", "": "Sweater"}, season=_WARM),
    ProductLine((*_TOP, "Sweatshirts"), 28, "sport", _ALL, "sporty", ("Brushed Fleece",
         "Loopback Cotton"),
         {"hood": "Hoodie", "": "Sweatshirt"}, "Casual*5, Sports*3", _WARM),
    ProductLine((*_TOP, "Jackets"), 26, "clothes", _ALL, "tailored", ("Cotton Twill", "Nylon",
         "Waxed Cotton"),
         {"bomber": "Bomber Jacket", "biker": "Biker Jacket", "trucker": "Trucker Jacket",
          "parka": "Parka"}, "Casual", _WARM),
    ProductLine((*_TOP, "Blazers"), 10, "clothes", _ADULTS, "tailored", ("Wool", "Linen Blend",
         "Wool Flannel"),
         {"": "Blazer"}, "Formal*5, Smart Casual*3", "Fall*3, Winter*2, Spring*2, Summer"),
    ProductLine(("Apparel", "Innerwear", "Innerwear Vests"), 12, "clothes", "Men*7, Boys*2, Women*2",
    "everyday",
         ("Ribbed Cotton", "Cotton", "Modal"), {"": "Vest"}),
    ProductLine(("Apparel", "Dress", "Dresses"), 46, "clothes", "Women*8, Girls*2", "womens",
         ("Linen Blend", "Viscose", "Crepe", "Cotton Poplin", "Satin"),
         {"wrap": "Wrap Dress", "shift": "Shift Dress", "": "Dress"},
         "Casual*7, Party*2, Smart Casual", _HOT),
    ProductLine(("Apparel", "Loungewear and Nightwear", "Nightdress"), 12, "clothes", "Women",
         "womens",
         ("Satin", "Cotton", "Modal"), {"slip": "Slip Nightdress", "": "Sleepshirt"}),
    ProductLine((*_BOTTOM, "Jeans"), 34, "clothes", "Men*5, Women*5, Boys, Girls", "denim",
         ("Denim", "Stretch Denim", "Organic Denim"), {"": "Jeans"},
         season="Fall*4, Winter*2, Summer*3, Spring"),
    ProductLine((*_BOTTOM, "Trousers"), 28, "clothes", "Men*6, Women*4", "tailored",
         ("Cotton Twill", "Wool Blend", "Linen", "Gabardine"), {"": "Trousers"},
         "Formal*5, Casual*4, Smart Casual"),
    ProductLine((*_BOTTOM, "Track Pants"), 16, "sport", "Men*5, Women*3, Boys", "sporty",
         ("Tricot", "Brushed Fleece", "Loopback Cotton"), {"": "Track Pants"}, "Sports*5, Casual*2"),
    ProductLine((*_BOTTOM, "Leggings"), 12, "sport", "Women*8, Girls*2", "sporty",
         ("Stretch Jersey", "Cotton Elastane"), {"": "Leggings"}, "Casual*3, Sports*3"),
    ProductLine((*_BOTTOM, "Capris"), 8, "clothes", "Women*8, Girls", "everyday", ("Cotton Twill",
    "Stretch Cotton"),
         {"": "Capris"}, season=_HOT),
    ProductLine((*_BOTTOM, "Shorts"), 24, "clothes", _ALL, "everyday", ("Cotton Twill", "Linen",
         "Cotton"),
         {"cargo": "Cargo Shorts", "": "Shorts"}, "Casual*5, Sports", _HOT),
    ProductLine((*_BOTTOM, "Skirts"), 16, "clothes", "Women*8, Girls*2", "womens",
         ("Crepe", "Cotton Poplin", "Satin", "Wool Blend"), {"": "Skirt"}, "Casual*6, Party"),
    ProductLine((*_BOTTOM, "Swimwear"), 6, "sport", "Women*5, Men*4", "womens", ("Recycled Nylon",
    "Stretch Nylon"),
         {"swimsuit": "Swimsuit", "trunks": "Swim Trunks"}, "Sports*2, Casual", "Summer"),
    ProductLine((*_SHOES, "Casual Shoes"), 56, "leather", _ALL, "everyday", ("Canvas", "Leather",
         "Suede"),
         {"sneaker": "Sneakers", "hightop": "High Tops", "slipon": "Slip-Ons",
          "chelsea": "Chelsea Boots"}, "Casual*8, Smart Casual", "Fall*3, Summer*4, Winter*2, Spring"),
    ProductLine((*_SHOES, "Sports Shoes"), 40, "sport", _ADULTS, "sporty", ("Knit Mesh",
         "Engineered Mesh"),
         {"runner": "Running Shoes", "": "Training Shoes"}, "Sports"),
    ProductLine((*_SHOES, "Formal Shoes"), 20, "leather", "Men", "leather", ("Leather",
         "Polished Leather"),
         {"oxford": "Oxford Shoes", "monk": "Monk Strap Shoes", "loafer": "Loafers"}, "Formal"),
    ProductLine((*_SHOES, "Heels"), 30, "leather", "Women", "dressy", ("Leather", "Suede", "Satin"),
         {"stiletto": "Stilettos", "block": "Block Heels", "kitten": "Kitten Heels",
          "wedge": "Wedges"}, "Casual*5, Party*3, Formal"),
    ProductLine((*_SHOES, "Flats"), 16, "leather", "Women*8, Girls", "dressy", ("Leather", "Suede"),
         {"ballerina": "Ballerinas", "": "Pointed Flats"}),
    ProductLine(("Footwear", "Sandal", "Sandals"), 22, "leather", "Women*6, Men*4", "leather",
    ("Leather", "Suede"),
         {"wedge": "Wedge Sandals", "slide": "Slides", "": "Strappy Sandals"}, season=_HOT),
    ProductLine(("Footwear", "Flip Flops", "Flip Flops"), 20, "sport", _ALL, "sporty", ("Rubber",
         "Soft Foam"),
         {"": "Flip Flops"}, season=_HOT),
    ProductLine((*_BAGS, "Handbags"), 36, "leather", "Women", "dressy", _LEATHER,
         {"tote": "Tote Bag", "satchel": "Satchel", "hobo": "Shoulder Bag"}),
    ProductLine((*_BAGS, "Backpacks"), 18, "sport", "Unisex", "sporty", ("Canvas", "Recycled Nylon",
    "Cotton Canvas"),
         {"": "Backpack"}, "Casual*5, Travel*2"),
    ProductLine((*_BAGS, "Duffel Bag"), 8, "leather", "Unisex", "leather", ("Canvas", "Waxed Canvas",
    "Leather"),
         {"": "Weekend Bag"}, "Travel*3, Casual*2"),
    ProductLine((*_BAGS, "Clutches"), 10, "leather", "Women", "dressy", ("Leather", "Satin", "Suede"),
         {"": "Clutch"}, "Party*4, Casual*2"),
    ProductLine(("Accessories", "Wallets", "Wallets"), 18, "leather", "Men*6, Women*4", "leather",
         _LEATHER,
         {"long": "Long Wallet", "": "Bifold Wallet"}),
    ProductLine(("Accessories", "Belts", "Belts"), 18, "leather", "Men*6, Women*3", "leather",
         _LEATHER,
         {"": "Belt"}, "Casual*5, Formal*3"),
    ProductLine(("Accessories", "Watches", "Watches"), 40, "fine", _ADULTS, "watches",
         ("Stainless Steel",),
         {"chrono": "Chronograph Watch", "": "Watch"}, "Casual*6, Formal*2, Sports",
         "Winter*5, Fall*3, Summer*2"),
    ProductLine(("Accessories", "Eyewear", "Sunglasses"), 26, "fine", "Unisex*5, Women*4, Men*3",
         "frames",
         ("Acetate", "Metal"), {"aviator": "Aviator Sunglasses", "round": "Round Sunglasses",
         "cateye": "Cat-Eye Sunglasses", "": "Square Sunglasses"}, season=_HOT),
    ProductLine(("Accessories", "Scarves", "Scarves"), 10, "clothes", "Women*6, Men*3", "everyday",
         ("Wool", "Silk Blend", "Merino Wool", "Modal"), {"": "Scarf"}, season=_WARM),
    ProductLine(("Accessories", "Ties", "Ties"), 10, "clothes", "Men", "tailored", ("Silk",
         "Woven Silk",
    "Linen Blend"),
         {"": "Tie"}, "Formal"),
    ProductLine(("Accessories", "Headwear", "Caps"), 12, "sport", "Unisex*5, Men*3", "sporty",
    ("Cotton Twill", "Canvas"),
         {"": "Cap"}, "Casual*4, Sports*2", _HOT),
    ProductLine(("Accessories", "Headwear", "Hat"), 5, "clothes", "Women*3, Men*2", "tailored",
    ("Wool Felt", "Woven Straw"),
         {"sun": "Sun Hat", "": "Fedora"}),
    ProductLine(("Accessories", "Socks", "Socks"), 18, "clothes", _ALL, "everyday",
         ("Combed Cotton", "Merino Blend", "Cotton Blend"), {"": "Socks"}, "Casual*4, Sports, Formal"),
    ProductLine(("Accessories", "Umbrellas", "Umbrellas"), 4, "leather", "Unisex", "everyday",
         ("Pongee",),
         {"": "Umbrella"}),
    ProductLine((*_JEWELS, "Earrings"), 16, "fine", "Women", "metals", ("Brass", "Alloy"),
         {"hoop": "Hoop Earrings", "stud": "Stud Earrings", "": "Drop Earrings"},
         "Casual*3, Party, Ethnic"),
    ProductLine((*_JEWELS, "Necklace and Chains"), 9, "fine", "Women", "metals", ("Brass", "Alloy"),
         {"beads": "Beaded Necklace", "": "Stone Necklace"}, "Casual*3, Party, Ethnic"),
    ProductLine((*_JEWELS, "Pendant"), 8, "fine", "Women", "metals", ("Brass", "Alloy"),
         {"heart": "Heart Pendant", "drop": "Drop Pendant", "": "Round Pendant"}),
    ProductLine((*_JEWELS, "Ring"), 7, "fine", "Women*6, Men", "metals", ("Brass", "Alloy"),
         {"solitaire": "Solitaire Ring", "": "Band Ring"}),
    ProductLine((*_JEWELS, "Bracelet"), 7, "fine", "Women*6, Men", "metals", ("Brass", "Alloy"),
         {"bangle": "Bangle Bracelet", "beads": "Beaded Bracelet", "": "Charm Bracelet"}),
    ProductLine(("Personal Care", "Fragrance", "Perfume and Body Mist"), 18, "fine", "Women*6, Men*4",
         "scents",
         (), {"": "Eau de Parfum"}, season="Spring"),
    ProductLine(("Personal Care", "Fragrance", "Deodorant"), 10, "fine", "Men*5, Women*4",
         "scents", (),
         {"stick": "Deodorant Stick", "": "Deodorant Spray"}, season="Spring"),
    ProductLine(("Personal Care", "Lips", "Lipstick"), 12, "fine", "Women", "lips", (),
         {"gloss": "Lipstick and Gloss Duo", "": "Lipstick"}, season="Spring*3, Winter"),
    ProductLine(("Personal Care", "Nails", "Nail Polish"), 10, "fine", "Women", "nails", (),
    {"": "Nail Polish"},
         season="Spring*3, Winter"),
)  # fmt: skip
