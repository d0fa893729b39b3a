"""Shades of one colour: what light, folds, seams and edges make of it. Pure."""

from dataclasses import dataclass

INK = "#15121a"
PAPER = "#fffaf3"


def mix(one: str, other: str, part: float) -> str:
    """The colour ``part`` (0 to 1) of the way from one to the other, all ``#rrggbb``."""
    pairs = ((int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)


def brightness(colour: str) -> float:
    """How light the eye takes it to be, 0 (black) to 1 (white); Rec. 709 weights."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@dataclass(frozen=True, slots=True)
class Tones:
    """The shades of a base colour.

    inside: unlit lining. seam: lines on the cloth, lighter than it where it is dark. edge: the
    outline. fold, glow: opacity of shadows and of highlights.
    """

    base: str
    light: str
    shade: str
    deep: str
    inside: str
    seam: str
    edge: str
    fold: float
    glow: float


def tones_of(base: str) -> Tones:
    """Shades by brightness: dark cloth shows its shape by highlights, light cloth by shadows."""
    level = brightness(base)
    if level < 0.24:
        return Tones(
            base=base,
            light=mix(base, PAPER, 0.22),
            shade=mix(base, "#000000", 0.3),
            deep=mix(base, "#000000", 0.65),
            inside=mix(base, "#000000", 0.4),
            seam=mix(base, PAPER, 0.24),
            edge=mix(base, "#000000", 0.4),
            fold=0.62,
            glow=0.12,
        )
    if level > 0.8:
        return Tones(
            base=base,
            light=mix(base, "#ffffff", 0.7),
            shade=mix(base, "#6f665f", 0.22),
            deep=mix(base, "#5a5250", 0.55),
            inside=mix(base, "#6f665f", 0.3),
            seam=mix(base, "#5f5752", 0.36),
            edge=mix(base, "#5f5752", 0.5),
            fold=0.44,
            glow=0.6,
        )
    return Tones(
        base=base,
        light=mix(base, PAPER, 0.32),
        shade=mix(base, INK, 0.24),
        deep=mix(base, INK, 0.55),
        inside=mix(base, INK, 0.42),
        seam=mix(base, INK, 0.36),
        edge=mix(base, INK, 0.45),
        fold=0.46,
        glow=0.2,
    )
