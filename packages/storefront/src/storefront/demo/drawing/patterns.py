"""Surface patterns: what is woven or printed on the cloth, as one SVG pattern tile.

Tiles are in picture units (600 × 800), so a stripe is as wide on a scarf as on a dress.
"""

from storefront.demo.drawing.tones import Tones, brightness, mix

_FAR = 1200  # a stripe that is one tile long shows no seam between tiles
MULTI = ("#c9574b", "#e2a24a", "#3f8f86", "#34507f", "#eadcc3", "#8e4a6e")
_ON_DARK = ("#f3ece0", "#e9d9b9", "#d8e0e6", "#f0d3cc", "#e7e2da")
_ON_LIGHT = ("#27355c", "#8c3a3f", "#35353a", "#4f6b57", "#a9663d")
_BLOOMS = ("#f2c9c4", "#f6e3c0", "#e79a8b", "#c9d7e8", "#f4efe6")


def contrast(base: str, variant: int) -> str:
    """A second colour that shows on the base and sits quietly beside it."""
    choices = _ON_LIGHT if brightness(base) > 0.62 else _ON_DARK
    return choices[variant % len(choices)]


def pattern_tile(pattern: str, tones: Tones, variant: int) -> tuple[float, float, str]:
    """The tile of a pattern: width, height and what is on it. Empty for cloth without pattern."""
    draw = _TILES.get(pattern)
    return draw(tones, variant) if draw else (0, 0, "")


def multi_tile() -> tuple[float, float, str]:
    """Bands of several colours: what ``Multi`` looks like as a base."""
    heights = (34, 16, 26, 12, 30, 22)
    bands, top = [], 0
    for colour, height in zip(MULTI, heights, strict=True):
        bands.append(f'<rect y="{top}" width="{_FAR}" height="{height}" fill="{colour}"/>')
        top += height
    return _FAR, top, "".join(bands)


def _stripes(tones: Tones, variant: int) -> tuple[float, float, str]:
    colour = contrast(tones.base, variant)
    period, band = ((34, 13), (26, 8), (44, 22))[variant % 3]
    return _FAR, period, f'<rect width="{_FAR}" height="{band}" fill="{colour}"/>'


def _pinstripes(tones: Tones, variant: int) -> tuple[float, float, str]:
    colour = contrast(tones.base, variant)
    period, width = ((20, 2.2), (26, 3.4))[variant % 2]
    return period, _FAR, f'<rect width="{width}" height="{_FAR}" fill="{colour}" opacity=".8"/>'


def _checks(tones: Tones, variant: int) -> tuple[float, float, str]:
    colour = contrast(tones.base, variant)
    if variant % 2:  # gingham
        return 32, 32, (
            f'<g fill="{colour}" opacity=".5"><rect width="16" height="32"/>'
            f'<rect width="32" height="16"/></g>'
        )  # fmt: skip
    thin = mix(colour, "#c8893c", 0.5)
    return 66, 66, (
        f'<g fill="{tones.deep}" opacity=".5"><rect width="22" height="66"/>'
        f'<rect width="66" height="22"/></g><g fill="{colour}" opacity=".85">'
        f'<rect x="42" width="4" height="66"/><rect y="42" width="66" height="4"/></g>'
        f'<g fill="{thin}" opacity=".8"><rect x="10" width="2.5" height="66"/>'
        f'<rect y="10" width="66" height="2.5"/></g>'
    )  # fmt: skip


def _block(tones: Tones, variant: int) -> tuple[float, float, str]:
    top, height = ((0, 486), (520, 96), (720, 480))[variant % 3]
    colour = contrast(tones.base, variant)
    return _FAR, _FAR, f'<rect y="{top}" width="{_FAR}" height="{height}" fill="{colour}"/>'


def _dots(tones: Tones, variant: int) -> tuple[float, float, str]:
    colour = contrast(tones.base, variant)
    size, step = ((4.6, 28), (7, 40), (3.2, 20))[variant % 3]
    return step, step, (
        f'<g fill="{colour}"><circle cx="{step / 4}" cy="{step / 4}" r="{size}"/>'
        f'<circle cx="{step * 3 / 4}" cy="{step * 3 / 4}" r="{size}"/></g>'
    )  # fmt: skip


def _flower(x: float, y: float, size: float, petal: str, heart: str) -> str:
    spots = ((0, -1), (0.95, -0.31), (0.59, 0.81), (-0.59, 0.81), (-0.95, -0.31))
    petals = "".join(
        f'<circle cx="{x + a * size:.1f}" cy="{y + b * size:.1f}" r="{size * 0.72:.1f}"/>'
        for a, b in spots
    )
    return (
        f'<g fill="{petal}">{petals}</g>'
        f'<circle cx="{x}" cy="{y}" r="{size * 0.5:.1f}" fill="{heart}"/>'
    )


def _floral(tones: Tones, variant: int) -> tuple[float, float, str]:
    is_light = brightness(tones.base) > 0.68
    bloom = ("#b5485c", "#3a659c", "#f5efe4")[variant % 3] if is_light else _BLOOMS[variant % 5]
    small = mix(bloom, tones.base, 0.35)
    leaf = mix("#4f7350", tones.base, 0.25) if is_light else mix("#9db48a", tones.base, 0.3)
    leaves = "".join(
        f'<path d="M{x} {y}q{dx} {dy} {dx * 2} {dy * 0.4}q{-dx} {dy * 0.4} {-dx * 2} {-dy * 0.4}z"'
        f' fill="{leaf}"/>'
        for x, y, dx, dy in ((34, 36, 9, 7), (18, 36, -7, 9), (78, 82, 8, -8), (62, 84, -8, -6))
    )
    return (
        92,
        96,
        (
            leaves
            + _flower(26, 26, 9, bloom, mix(bloom, "#7a4a2a", 0.6))
            + _flower(70, 74, 10.5, bloom, mix(bloom, "#7a4a2a", 0.6))
            + _flower(72, 20, 4.6, small, tones.base)
            + _flower(22, 72, 4.6, small, tones.base)
        ),
    )


def _melange(tones: Tones, variant: int) -> tuple[float, float, str]:
    flecks = []
    for n in range(34):
        x, y = (n * 37 + variant * 7) % 57, (n * 29 + n // 3 * 11) % 61
        tint = tones.light if n % 2 else tones.seam
        flecks.append(f'<path d="M{x} {y}h{3 + n % 4}" stroke="{tint}"/>')
    return 64, 62, f'<g stroke-width="1.2" opacity=".5">{"".join(flecks)}</g>'


def _denim(tones: Tones, _variant: int) -> tuple[float, float, str]:
    return 5, 5, (
        f'<path d="M-1 6L6 -1M-1 1L1 -1M4 6L6 4" stroke="{tones.light}" '
        'stroke-width="1" opacity=".38"/>'
    )  # fmt: skip


def _rib(tones: Tones, _variant: int) -> tuple[float, float, str]:
    return 11, _FAR, (
        f'<rect width="3" height="{_FAR}" fill="{tones.deep}" opacity=".28"/>'
        f'<rect x="5" width="2.5" height="{_FAR}" fill="{tones.light}" opacity=".4"/>'
    )  # fmt: skip


def _quilted(tones: Tones, _variant: int) -> tuple[float, float, str]:
    return 48, 48, (
        f'<path d="M0 0L48 48M48 0L0 48" stroke="{tones.deep}" stroke-width="2" opacity=".5"/>'
        f'<path d="M0 3L48 51M48 3L0 51" stroke="{tones.light}" stroke-width="2" opacity=".5"/>'
    )  # fmt: skip


_TILES = {
    "stripes": _stripes,
    "pinstripes": _pinstripes,
    "checks": _checks,
    "block": _block,
    "dots": _dots,
    "floral": _floral,
    "melange": _melange,
    "denim": _denim,
    "rib": _rib,
    "quilted": _quilted,
}
