"""The label of a return and the slip that goes into its parcel, as PDF (docs/decisions/0043).

Sizes in points. In the current language, or English where the built-in fonts of PDF lack its
letters. Nothing is read or written here but what is given.
"""

import io
from collections.abc import Sequence
from contextlib import AbstractContextManager

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.pagesizes import A4, A6
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from storefront.orders.shapes import Order
from storefront.returns.shapes import Return, ReturnLine
from storefront.settings import Settings
from storefront.texts import ENGLISH, _, current, speaking
from storefront.web import render

_MARGIN = 12 * mm
_ENCODING = "cp1252"  # of the built-in fonts (PDF 1.7, annex D)


def label(order: Order, found: Return, settings: Settings) -> bytes:
    """The label, A6: whereto, from whom, and the return's number as a bar code (Code 128)."""
    with _printable():
        page = _Page(A6, _("Return label %(number)s", number=found.number), settings)
        page.say(_("Sender"), size=8)
        for line in _sender(order):
            page.say(line, size=10)
        page.skip(8)
        page.say(_("Return to"), size=8)
        for line in [f"{settings.name}", *_lines(settings.returns_address)]:
            page.say(line, size=14, is_bold=True)
        page.skip(10)
        page.bar_code(found.number)
        page.say(found.number, size=14, is_bold=True)
        page.say(_("Order %(number)s", number=order.number) + f" · {_pieces(found.lines)}", size=9)
        return page.done()


def slip(order: Order, found: Return, settings: Settings) -> bytes:
    """The packing slip, A4: each line with its quantity, its reason and what is wanted for it."""
    with _printable():
        page = _Page(A4, _("Return %(number)s", number=found.number), settings)
        page.say(settings.name, size=18, is_bold=True)
        page.say(_("Packing slip of the return %(number)s", number=found.number), size=13)
        page.say(_("Order %(number)s", number=order.number), size=10)
        page.skip(10)
        page.bar_code(found.number)
        page.skip(10)
        page.say(_("Put this slip into the parcel, with:"), size=11)
        for line in found.lines:
            page.skip(6)
            page.say(f"{line.quantity} × {line.name}", size=11, is_bold=True)
            size = _("size %(size)s", size=line.size_label)
            page.say(f"{line.sku} · {size} · {_reason(line)}", size=10)
            if line.new_sku:
                page.say(_("In exchange for %(sku)s", sku=line.new_sku), size=10)
            if line.note:
                page.say(line.note, size=10)
        return page.done()


class _Page:
    """A page that is filled from top to bottom; a full one is followed by another."""

    def __init__(self, size: tuple[float, float], title: str, settings: Settings) -> None:
        self._bytes = io.BytesIO()
        self._width, self._height = size
        # invariant: without the time of day, so that the same return gives the same bytes
        self._canvas = Canvas(self._bytes, pagesize=size, invariant=1)
        self._canvas.setTitle(_latin(title))
        self._canvas.setAuthor(_latin(settings.name))
        self._y = self._height - _MARGIN

    def say(self, text: str, *, size: float, is_bold: bool = False) -> None:
        """Write a text, broken into lines where it is too wide."""
        font = "Helvetica-Bold" if is_bold else "Helvetica"
        for line in _wrapped(_latin(text), font, size, self._width - 2 * _MARGIN):
            self._move(size * 1.35)
            self._canvas.setFont(font, size)
            self._canvas.drawString(_MARGIN, self._y, line)

    def skip(self, height: float) -> None:
        """Leave room."""
        self._move(height)

    def bar_code(self, text: str) -> None:
        """A text as Code 128, wide enough for every scanner (0.33 mm a module)."""
        self._move(18 * mm)
        code = Code128(text, barHeight=15 * mm, barWidth=0.33 * mm, quiet=False)
        code.drawOn(self._canvas, _MARGIN, self._y)

    def done(self) -> bytes:
        """The finished file."""
        self._canvas.save()
        return self._bytes.getvalue()

    def _move(self, height: float) -> None:
        if self._y - height < _MARGIN:
            self._canvas.showPage()
            self._y = self._height - _MARGIN
        self._y -= height


def _printable() -> AbstractContextManager[None]:
    """Texts in the current language, if the fonts have its letters."""
    language = current()
    return speaking(language if language.direction == "ltr" else ENGLISH)


def _sender(order: Order) -> list[str]:
    address = order.delivery_address
    names = ("postal_code", "city", "country_area", "country_code")
    place = " ".join(address[name] for name in names if address.get(name))
    lines = [address.get("name", ""), address.get("street_address", ""), place]
    return [line for line in lines if line]


def _lines(address: str) -> list[str]:
    return [line.strip() for line in address.split(";") if line.strip()]


def _reason(line: ReturnLine) -> str:
    """The reason for the return, in the words of the pages."""
    return render.macro("returns/_words.html", "reason_of")(line.reason).unescape()


def _pieces(lines: Sequence[ReturnLine]) -> str:
    return _("%(number)s pieces in all", number=sum(line.quantity for line in lines))


def _latin(text: str) -> str:
    """A text with what the fonts lack replaced by question marks."""
    return text.encode(_ENCODING, "replace").decode(_ENCODING)


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
