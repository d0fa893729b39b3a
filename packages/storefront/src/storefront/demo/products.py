"""The products of the demo catalogue: generated, plausible, the same for the same seed."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from storefront.catalog.colours import COLOURS
from storefront.catalog.source import SourcePicture, SourceProduct
from storefront.demo.assortment import BRANDS, LINES, PALETTES, ProductLine
from storefront.demo.drawing.key import VARIANTS, PictureKey, article_slug
from storefront.demo.drawing.sheet import HEIGHT, WIDTH
from storefront.demo.drawing.wardrobe import WARDROBE
from storefront.demo.wording import care_of, description, name_of

# Each seed has its own range of product numbers, above those that a data set may use.
_FIRST_ID = 100_000_001
_IDS_PER_SEED = 1_000_000
_YEARS = (2022, 2023, 2024, 2025, 2026)
_COLOURWAYS, _COLOURWAY_WEIGHTS = (1, 2, 3, 4, 5), (22, 30, 24, 15, 9)
_SLUG_OF_COLOUR = {colour.name: colour.slug for colour in COLOURS}
_WOMEN_ONLY = {
    "swimsuit", "cateye", "sun", "wedge", "strappy", "boat", "scoop", "square", "notch", "flared",
}  # fmt: skip
_MEN_ONLY = {"trunks", "aviator", "fedora", "henley"}
_PLAIN_ONLY = {"biker", "chelsea", "sneaker", "hightop"}
_FITS = {
    "skinny": "Skinny", "slim": "Slim", "straight": "Straight", "wide": "Wide", "flare": "Flared",
}  # fmt: skip
_FOR_MEN_TOO = {"swimwear", "shorts", "socks", "ties", "flip-flops"}


@dataclass(frozen=True, slots=True)
class _Style:
    """A design, in all its colours."""

    line: ProductLine
    brand: str
    gender: str
    cut: tuple[str, ...]
    pattern: str
    variant: int
    material: str | None
    season: str
    usage: str
    year: int
    colours: tuple[str, ...]


def demo_products(count: int, *, seed: int = 1) -> Iterator[SourceProduct]:
    """Yield ``count`` products, in id order from 1,000,000 x seed + 100,000,001; flat in memory.

    count: at most 1,000,000. seed: 1 to 99.

    Each style has a random generator of its own, seeded by seed and number: the same seed gives the
    same products, and a longer catalogue starts with the shorter one. Colourways of one style follow
    each other; the last style may lack some.
    """
    first_id = _FIRST_ID + seed * _IDS_PER_SEED
    made = 0
    number = 0
    while made < count:
        number += 1
        # A number that no other pair of seed and number shares.
        style = _style(random.Random(seed * 1_000_003 + number))  # noqa: S311 - a repeatable demo
        for colour in style.colours[: count - made]:
            yield _product(style, colour, first_id + made, f"demo-{seed}-{number}")
            made += 1


def _style(chance: random.Random) -> _Style:
    line = chance.choices(LINES, _SHARES)[0]
    gender = _one_of(chance, line.genders)
    slug = article_slug(line.category[2])
    design = WARDROBE[slug]
    cut = tuple(chance.choice(_worn_by(gender, slug, axis)) for axis in design.axes)
    pattern = _pattern(chance, design.patterns, cut, gender, slug)
    names, weights = _weighted(PALETTES[_palette(line, cut, pattern)])
    count = chance.choices(_COLOURWAYS, _COLOURWAY_WEIGHTS)[0]
    chosen = dict.fromkeys(chance.choices(names, weights, k=count + 2))
    material = chance.choice(line.materials) if line.materials else None
    return _Style(
        line=line,
        brand=chance.choice(BRANDS[line.brands]),
        gender=gender,
        cut=cut,
        pattern=pattern,
        variant=chance.randrange(VARIANTS),
        material="Denim" if pattern == "denim" and "Denim" not in (material or "") else material,
        season=_one_of(chance, line.season),
        usage=_one_of(chance, line.usage),
        year=chance.choice(_YEARS),
        colours=tuple(chosen)[:count],
    )


def _product(style: _Style, colour: str, product_id: int, style_id: str) -> SourceProduct:
    master, sub, article = style.line.category
    key = PictureKey(
        article_slug(article), style.cut, style.pattern, _SLUG_OF_COLOUR[colour], style.variant
    )
    facts = (style.line, style.gender, style.cut, style.pattern, style.material)
    return SourceProduct(
        id=product_id,
        name=f"{style.brand} {name_of(*facts, style.variant)}",
        gender=style.gender,
        master_category=master,
        sub_category=sub,
        article_type=article,
        base_colour=colour,
        season=style.season,
        year=style.year,
        usage=style.usage,
        brand=style.brand,
        style=style_id,
        description=description(*facts, brand=style.brand, season=f"{style.season} {style.year}"),
        material=style.material,
        picture=SourcePicture(str(key), WIDTH, HEIGHT),
        fit=next((_FITS[choice] for choice in style.cut if choice in _FITS), None),
        care=care_of(style.material),
    )


def _pattern(
    chance: random.Random, patterns: Sequence[str], cut: tuple[str, ...], gender: str, slug: str
) -> str:
    """Plain half of the time; no flowers for men but where they wear them; few prints on children."""
    fitting = [
        pattern
        for pattern in patterns
        if not (pattern == "floral" and gender in {"Men", "Boys"} and slug not in _FOR_MEN_TOO)
        and not (pattern == "denim" and slug == "jackets" and "trucker" not in cut)
        and not (pattern == "quilted" and slug == "jackets" and "trucker" in cut)
    ]
    if not set(cut).isdisjoint(_PLAIN_ONLY) or chance.random() < 0.5:
        return fitting[0]
    return chance.choice(fitting)


def _palette(line: ProductLine, cut: tuple[str, ...], pattern: str) -> str:
    """The line's palette, unless the cut or the pattern implies denim or leather."""
    if pattern == "denim":
        return "denim"
    return "leather" if "chelsea" in cut or "biker" in cut else line.palette


def _worn_by(gender: str, slug: str, axis: tuple[str, ...]) -> list[str]:
    """The choices of an axis that suit a gender; all of them where none would be left."""
    excluded = {"Women": _MEN_ONLY, "Girls": _MEN_ONLY, "Men": _WOMEN_ONLY, "Boys": _WOMEN_ONLY}
    if slug in {"innerwear-vests", "heels", "watches", "nail-polish", "perfume-and-body-mist"}:
        return list(axis)
    return [choice for choice in axis if choice not in excluded.get(gender, set())] or list(axis)


def _one_of(chance: random.Random, options: str) -> str:
    names, weights = _weighted(options)
    return chance.choices(names, weights)[0]


@cache
def _weighted(options: str) -> tuple[list[str], list[int]]:
    """Parse ``"name*weight, name"``; the default weight is 1."""
    pairs = [part.strip().partition("*") for part in options.split(",")]
    return [name for name, _, _ in pairs], [int(weight or 1) for _, _, weight in pairs]


_SHARES = [line.share for line in LINES]
