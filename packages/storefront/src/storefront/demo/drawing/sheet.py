"""The sheet a garment is drawn on: one studio ground, one light from the upper left, one shadow.

Garments say what is there (cloth, creases, seams); the sheet says how it looks. Units are picture
units, WIDTH wide and HEIGHT high. All text in the markup comes from this package, none from a caller.
"""

from storefront.catalog.colours import BaseColour
from storefront.demo.drawing.key import PictureKey
from storefront.demo.drawing.patterns import contrast, multi_tile, pattern_tile
from storefront.demo.drawing.tones import mix, tones_of

WIDTH, HEIGHT = 600, 800
_GROUND = (
    '<linearGradient id="ground" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#f3f0eb"/>'
    '<stop offset=".62" stop-color="#ece8e1"/><stop offset="1" stop-color="#e2ddd4"/>'
    "</linearGradient>"
)
_WASH = "#4f5f78"  # what indigo leaves in any denim
_METAL_STOPS = ((0, "light"), (0.28, "base"), (0.46, "shine"), (0.62, "base"), (1, "shade"))


class Sheet:
    """A picture while it is drawn. cut, pattern, variant: the key's; tones: of its colour."""

    def __init__(self, key: PictureKey, colour: BaseColour) -> None:
        self.cut = key.cut
        self.pattern = key.pattern
        self.variant = key.variant
        self.colour = colour
        washed = key.pattern == "denim"
        self.tones = tones_of(mix(colour.hex, _WASH, 0.34) if washed else colour.hex)
        self.accent = contrast(colour.hex, key.variant)
        self._defs: dict[str, str] = {}
        self._marks: list[str] = []
        self._outlines: list[str] = []
        self._bands: list[tuple[str, float]] = []
        self._unsettled: list[str] = []
        self._folds: list[str] = []
        self._ground_shadow: list[str] = []
        self._frame = ""

    def frame(self, top: float, bottom: float, half_width: float) -> None:
        """Centre what lies between top and bottom, as large as the margins allow (to a quarter)."""
        zoom = min(1.25, 596 / (bottom - top), 216 / half_width)
        down = 400 - zoom * (top + bottom) / 2
        self._frame = f"translate({300 - 300 * zoom:.2f} {down:.2f}) scale({zoom:.3f})"

    def strap(self, path: str, width: float, tint: str = "") -> None:
        """A band of the garment's colour along a line, rounded by light; throws a shadow."""
        tones = tones_of(tint) if tint else self.tones
        self.settle()
        self._bands.append((path, width))
        self.line(path, tones.edge, width + 2.4)
        self.line(path, tones.base, width)
        self._marks.append(
            f'<path d="{path}" fill="none" stroke="{tones.light}" stroke-width="{width * 0.3:.1f}" '
            f'stroke-linecap="round" opacity=".6" transform="translate(-1.5 -1.5)"/>'
        )

    def cloth(
        self, path: str, *, tint: str = "", turn: float = 0, edge: float = 1.6, casts: bool = True
    ) -> None:
        """Lay a piece. tint: another colour than the garment's, without pattern; turn: the
        pattern's, in degrees; edge: width of the outline; casts: whether it throws a shadow."""
        tones = tones_of(tint) if tint else self.tones
        fill = tint or self.dye()
        line = f' stroke="{tones.edge}" stroke-width="{edge}" stroke-linejoin="round"'
        self._marks.append(f'<path d="{path}" fill="{fill}"{line if edge else ""}/>')
        overlay = "" if tint else self._pattern_fill(0 if self.pattern == "block" else turn)
        if overlay:
            self._marks.append(f'<path d="{path}" fill="{overlay}"/>')
        if casts:
            self._outlines.append(path)
        self._unsettled.append(path)

    def crease(self, path: str, width: float = 9, depth: float = 1) -> None:
        """A soft dark fold along a line. depth: 1 is the cloth's usual."""
        self._folds.append(
            f'<path d="{path}" fill="none" stroke="{self.tones.deep}" stroke-width="{width}" '
            f'stroke-linecap="round" opacity="{self.tones.fold * depth:.2f}"/>'
        )

    def shade(self, path: str, depth: float = 1) -> None:
        """A soft dark area."""
        self._folds.append(
            f'<path d="{path}" fill="{self.tones.deep}" opacity="{self.tones.fold * depth:.2f}"/>'
        )

    def glow(self, path: str, width: float = 14, strength: float = 1) -> None:
        """A soft highlight along a line."""
        self._folds.append(
            f'<path d="{path}" fill="none" stroke="#fffdf8" stroke-width="{width}" '
            f'stroke-linecap="round" opacity="{min(1, self.tones.glow * strength):.2f}"/>'
        )

    def settle(self, *, blur: float = 8, edge: float = 20) -> None:
        """Put the folds on the cloth laid since the last time, and round its edges.

        edge: how far in the edges darken; more on the side away from the light.
        """
        if not self._unsettled:
            return
        name = f"piece{len(self._defs)}"
        shapes = "".join(f'<path d="{path}"/>' for path in self._unsettled)
        self._defs[name] = f'<clipPath id="{name}">{shapes}</clipPath>'
        rims = "".join(f'<path d="{path}"/>' for path in self._unsettled) if edge else ""
        self._marks.append(
            f'<g clip-path="url(#{name})"><g filter="url(#{self._blur(blur, margin=5)})">'
            f'<g fill="none" stroke="{self.tones.deep}" stroke-width="{edge}" '
            f'opacity="{self.tones.fold * 0.8:.2f}" transform="translate(-5 -4)">{rims}</g>'
            f"{''.join(self._folds)}</g></g>"
        )
        self._unsettled, self._folds = [], []

    def seam(self, path: str, width: float = 1.6, opacity: float = 0.75) -> None:
        """A thin line on the cloth."""
        self._marks.append(
            f'<path d="{path}" fill="none" stroke="{self.tones.seam}" stroke-width="{width}" '
            f'stroke-linecap="round" stroke-linejoin="round" opacity="{opacity}"/>'
        )

    def stitch(self, path: str, colour: str = "", width: float = 1.5) -> None:
        """A dashed line of thread, by default in the seams' colour."""
        self._marks.append(
            f'<path d="{path}" fill="none" stroke="{colour or self.tones.seam}" '
            f'stroke-width="{width}" stroke-dasharray="5 3.4" opacity=".85"/>'
        )

    def detail(self, markup: str) -> None:
        """Put finished markup on top: hardware, buttons, glass."""
        self.settle()
        self._marks.append(markup)

    def fill(self, path: str, colour: str, opacity: float = 1) -> None:
        """A flat area without outline, on top."""
        self._marks.append(f'<path d="{path}" fill="{colour}" opacity="{opacity}"/>')

    def line(self, path: str, colour: str, width: float, opacity: float = 1) -> None:
        """A drawn line with round ends, on top."""
        self._marks.append(
            f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}" '
            f'stroke-linecap="round" stroke-linejoin="round" opacity="{opacity}"/>'
        )

    def stands(self, x: float, y: float, half_width: float, half_height: float = 12) -> None:
        """Let it stand on the ground: the shadow where it touches, instead of the one it throws."""
        self._ground_shadow.append(
            f'<ellipse cx="{x}" cy="{y + 3}" rx="{half_width}" ry="{half_height}" opacity=".42"/>'
            f'<ellipse cx="{x + 14}" cy="{y + 9}" rx="{half_width * 1.06:.0f}" '
            f'ry="{half_height * 2}" opacity=".2"/>'
        )

    def metal(self, colour: str, *, upright: bool = False) -> str:
        """A fill for hardware and metallic cloth: a sheen across the piece."""
        name = f"metal{colour[1:]}{'u' if upright else ''}"
        if name not in self._defs:
            shades = {
                "light": mix(colour, "#ffffff", 0.4), "base": colour,
                "shine": mix(colour, "#ffffff", 0.66), "shade": mix(colour, "#241a14", 0.34),
            }  # fmt: skip
            stops = "".join(
                f'<stop offset="{at}" stop-color="{shades[shade]}"/>' for at, shade in _METAL_STOPS
            )
            ends = 'x1="0" y1="0" x2="0" y2="1"' if upright else 'x1="0" y1="0" x2="1" y2=".5"'
            self._defs[name] = f'<linearGradient id="{name}" {ends}>{stops}</linearGradient>'
        return f"url(#{name})"

    def markup(self) -> str:
        """The finished picture."""
        self.settle()
        shadow = self._shadow()
        defs = _GROUND + "".join(self._defs.values())
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
            f'width="{WIDTH}" height="{HEIGHT}"><defs>{defs}</defs>'
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="url(#ground)"/>'
            f'<g transform="{self._frame}">{shadow}{"".join(self._marks)}</g></svg>'
        )

    def _shadow(self) -> str:
        if self._ground_shadow:
            soft = self._blur(9, margin=20)
            touches = "".join(self._ground_shadow)
            return f'<g filter="url(#{soft})" fill="#4a4038">{touches}</g>'
        shapes = "".join(f'<path d="{path}"/>' for path in self._outlines)
        shapes += "".join(
            f'<path d="{path}" fill="none" stroke="#4a4038" stroke-width="{width}"/>'
            for path, width in self._bands
        )
        return (
            f'<g filter="url(#{self._blur(11, margin=20)})" fill="#4a4038" opacity=".34" '
            f'transform="translate(7 13)">{shapes}</g>'
        )

    def _blur(self, spread: float, *, margin: int) -> str:
        """A blur filter's name. margin: percent it may spill over; it costs by its area."""
        name = f"blur{spread:g}-{margin}".replace(".", "_")
        self._defs[name] = (
            f'<filter id="{name}" x="-{margin}%" y="-{margin}%" '
            f'width="{100 + 2 * margin}%" height="{100 + 2 * margin}%">'
            f'<feGaussianBlur stdDeviation="{spread}"/></filter>'
        )
        return name

    def dye(self) -> str:
        """What fills the garment's own colour: a plain colour, a sheen, or several colours."""
        if self.colour.family == "multi":
            return self._tile("multi", *multi_tile(), 0)
        return self.metal(self.colour.hex) if self.colour.is_metallic else self.tones.base

    def _pattern_fill(self, turn: float) -> str:
        width, height, marks = pattern_tile(self.pattern, self.tones, self.variant)
        return self._tile("pattern", width, height, marks, turn) if marks else ""

    def _tile(self, kind: str, width: float, height: float, marks: str, turn: float) -> str:
        name = f"{kind}{turn:g}".replace("-", "m").replace(".", "_")
        self._defs[name] = (
            f'<pattern id="{name}" x="-300" y="-200" width="{width}" height="{height}" '
            f'patternUnits="userSpaceOnUse" '
            f'patternTransform="rotate({turn:g} 300 400)">{marks}</pattern>'
        )
        return f"url(#{name})"


def symmetric(start: tuple[float, float], *steps: tuple[float, ...]) -> str:
    """A closed path that is its own mirror image about the middle (x = 300).

    start: on the middle line. steps: the right half, down to the middle again, in distances from the
    middle: (x, y) a line, (x1, y1, x, y) a quadratic, (x1, y1, x2, y2, x, y) a cubic curve.
    """
    points = [start, *(step[-2:] for step in steps)]
    right = [_step(step, 1) for step in steps]
    left = []
    for step, goal in zip(reversed(steps), reversed(points[:-1]), strict=True):
        controls = [step[i : i + 2] for i in range(0, len(step) - 2, 2)]
        flat = [value for pair in (*reversed(controls), goal) for value in pair]
        left.append(_step(tuple(flat), -1))
    return f"M300 {start[1]:g}{''.join(right)}{''.join(left)}Z"


def _step(step: tuple[float, ...], side: int) -> str:
    letter = {2: "L", 4: "Q", 6: "C"}[len(step)]
    values = [300 + side * v if i % 2 == 0 else v for i, v in enumerate(step)]
    return letter + " ".join(f"{value:g}" for value in values)


def outline(start: tuple[float, float], *steps: tuple[float, ...], side: int = 1) -> str:
    """A closed path in distances from the middle; side -1 mirrors it. Steps as in `symmetric`."""
    return f"M{300 + side * start[0]:g} {start[1]:g}{''.join(_step(s, side) for s in steps)}Z"


def stroke(start: tuple[float, float], *steps: tuple[float, ...], side: int = 1) -> str:
    """An open path in distances from the middle; side -1 mirrors it. Steps as in `symmetric`."""
    return f"M{300 + side * start[0]:g} {start[1]:g}{''.join(_step(s, side) for s in steps)}"
