"""A page of PDF that is filled from top to bottom, in every script that its fonts have.

Those of PDF itself end at Western Europe: a parcel from Łódź, Αθήνα or Київ needs others, and Arabic is
joined and turned round before it is drawn (docs/decisions/0055). Sizes in points.
"""

import io
from functools import cache
from pathlib import Path

from arabic_reshaper import ArabicReshaper
from bidi import get_display
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

_MARGIN = 12 * mm
_FONTS = Path(__file__).parent / "fonts"
_ISOLATE, _ISOLATE_END = "\u2068", "\u2069"  # Unicode annex 9, section 2.4
_INVISIBLE = dict.fromkeys(
    [0x61C, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF]
)
_joined = ArabicReshaper({"ARABIC LIGATURE ALLAH": False}).reshape  # the fonts lack that ligature


class Paper:
    """A page, and another one where it is full.

    is_rtl: whether lines begin on the right.
    """

    def __init__(self, size: tuple[float, float], title: str, author: str, *, is_rtl: bool) -> None:
        self._bytes = io.BytesIO()
        self._width, self._height = size
        self._is_rtl = is_rtl
        # invariant: without the time of day, so that the same return gives the same bytes
        self._canvas = Canvas(self._bytes, pagesize=size, invariant=1)
        self._canvas.setTitle(title)
        self._canvas.setAuthor(author)
        self._y = self._height - _MARGIN

    def say(self, text: str, *, size: float, is_bold: bool = False) -> None:
        """Write a text, broken into lines where it is too wide.

        Each line goes in the direction of its first letter.
        """
        font = _font("DejaVuSans-Bold" if is_bold else "DejaVuSans")
        for line in _wrapped(_joined(text), font.fontName, size, self._width - 2 * _MARGIN):
            drawn = _known(get_display(line).translate(_INVISIBLE), font)
            self.skip(size * 1.35)
            self._canvas.setFont(font.fontName, size)
            left = self._left_of(stringWidth(drawn, font.fontName, size))
            self._canvas.drawString(left, self._y, drawn)

    def skip(self, height: float) -> None:
        """Leave room, on another page where this one has none."""
        if self._y - height < _MARGIN:
            self._canvas.showPage()
            self._y = self._height - _MARGIN
        self._y -= height

    def bar_code(self, text: str) -> None:
        """A text as Code 128, wide enough for every scanner (0.33 mm a module)."""
        self.skip(18 * mm)
        code = Code128(text, barHeight=15 * mm, barWidth=0.33 * mm, quiet=False)
        code.drawOn(self._canvas, self._left_of(code.width), self._y)

    def done(self) -> bytes:
        """The finished file."""
        self._canvas.save()
        return self._bytes.getvalue()

    def _left_of(self, width: float) -> float:
        """Where something begins that is so wide."""
        return self._width - _MARGIN - width if self._is_rtl else _MARGIN


def isolated(text: str) -> str:
    """A number or name that stands in a line with others, whose direction leaves its order alone.

    It is what ``<bdi>`` is on a page: without, 15970-ALPHA becomes ALPHA-15970 beside Arabic.
    """
    return f"{_ISOLATE}{text}{_ISOLATE_END}"


@cache
def _font(name: str) -> TTFont:
    font = TTFont(name, _FONTS / f"{name}.ttf")
    registerFont(font)
    return font


def _known(text: str, font: TTFont) -> str:
    """A text with a question mark for each letter that the font lacks."""
    letters = font.face.charToGlyph
    return "".join(one if ord(one) in letters else "?" for one in text)


def _wrapped(text: str, font: str, size: float, width: float) -> list[str]:
    """A text in lines of at most this width; a word that is wider has a line of its own, cut off."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and stringWidth(longer, font, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return [_cut(line, font, size, width) for line in lines if line]


def _cut(line: str, font: str, size: float, width: float) -> str:
    while line and stringWidth(line, font, size) > width:
        line = line[:-1]
    return line
