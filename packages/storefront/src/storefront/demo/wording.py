"""Names and descriptions of demo products, from their attributes."""

from collections.abc import Sequence

from storefront.demo.assortment import ProductLine

_ADJECTIVES = (
    "", "", "Classic", "Essential", "Signature", "Modern", "Timeless", "Refined", "Everyday", "",
)  # fmt: skip
_PATTERN_WORDS = {
    "stripes": "Striped", "pinstripes": "Pinstriped", "checks": "Checked", "dots": "Dotted",
    "floral": "Floral", "melange": "Melange", "block": "Colour Block", "rib": "Ribbed",
    "quilted": "Quilted",
}  # fmt: skip
_CUT_WORDS = {
    "crew": "Crew Neck", "v": "V-Neck", "henley": "Henley", "scoop": "Scoop Neck", "roll": "Roll Neck",
    "boat": "Boat Neck", "notch": "Notch Neck", "band": "Band Collar", "long": "Long-Sleeved",
    "sleeveless": "Sleeveless", "cap": "Cap-Sleeved", "puff": "Puff-Sleeved", "slim": "Slim",
    "skinny": "Skinny", "straight": "Straight", "wide": "Wide-Leg", "flare": "Flared",
    "pencil": "Pencil", "pleated": "Pleated", "aline": "A-Line", "flared": "Flared", "mini": "Mini",
    "midi": "Midi", "maxi": "Maxi", "double": "Double-Breasted", "cuffed": "Cuffed", "zip": "Zip",
    "pointed": "Pointed", "peep": "Peep-Toe", "envelope": "Envelope", "framed": "Framed",
    "knee": "", "ankle": "Ankle", "fringed": "Fringed", "printed": "Printed",
    "drawstring": "Drawstring", "striped": "Side-Stripe", "calf": "Cropped", "round": "",
}  # fmt: skip
_WORDS_BY_ARTICLE = {
    "Socks": {"crew": "Crew", "ankle": "Ankle", "knee": "Knee-High"},
    "Dresses": {"knee": "", "square": "Square Neck", "long": "Long-Sleeved"},
    "Watches": {"round": "", "square": "Square", "light": "", "dark": "", "tone": ""},
    "Flats": {"pointed": ""},
    "Wallets": {"long": ""},
    "Sunglasses": {"round": ""},
    "Caps": {"contrast": "Contrast Peak"},
}
_WHOSE = {"Men": "men", "Women": "women", "Boys": "boys", "Girls": "girls", "Unisex": "everyone"}


_CARE = {
    "wool": "Hand wash cold, dry flat.",
    "silk": "Dry clean, or hand wash cold.",
    "cashmere": "Hand wash cold, dry flat.",
    "leather": "Wipe with a soft cloth, keep from rain.",
    "suede": "Brush dry, keep from rain.",
    "cotton": "Machine wash at 30 °C with like colours.",
    "linen": "Machine wash at 30 °C, iron while damp.",
    "denim": "Machine wash at 30 °C inside out.",
}


def care_of(material: str | None) -> str | None:
    """Care instructions for a material; None where there are none."""
    words = (material or "").lower().split()
    return next((care for cloth, care in _CARE.items() if cloth in words), None)


def name_of(
    line: ProductLine,
    gender: str,
    cut: Sequence[str],
    pattern: str,
    material: str | None,
    variant: int,
) -> str:
    """A name without the brand: gender, at most four descriptors, garment."""
    words = [_ADJECTIVES[variant], _PATTERN_WORDS.get(pattern, ""), material or ""]
    words += _cut_words(line, cut)
    kept = [word for word in words if word][:4]
    return " ".join([gender, *dict.fromkeys(kept), noun_of(line, cut)])


def noun_of(line: ProductLine, cut: Sequence[str]) -> str:
    """What the piece is called: by the cut where that has a name of its own."""
    return next(
        (line.nouns[choice] for choice in cut if choice in line.nouns), line.nouns.get("", "")
    )


def description(
    line: ProductLine,
    gender: str,
    cut: Sequence[str],
    pattern: str,
    material: str | None,
    *,
    brand: str,
    season: str,
) -> str:
    """A description of two sentences, shared by all colours of a design."""
    look = " ".join(
        word.lower()
        for word in (_PATTERN_WORDS.get(pattern, ""), *_cut_words(line, cut), noun_of(line, cut))
        if word
    ).replace("t-shirt", "T-shirt").replace("v-neck", "V-neck").replace("a-line", "A-line")  # fmt: skip
    fabric = f" of {material.lower()}" if material else ""
    start = look[0].upper() + look[1:]
    origin = f"from {brand}'s {season} collection"
    return f"{start}{fabric}. Made for {_WHOSE[gender]}, {origin}."


def _cut_words(line: ProductLine, cut: Sequence[str]) -> list[str]:
    own = _WORDS_BY_ARTICLE.get(line.category[2], {})
    words = (
        own.get(choice, _CUT_WORDS.get(choice, "")) for choice in cut if choice not in line.nouns
    )
    return [word for word in words if word]
