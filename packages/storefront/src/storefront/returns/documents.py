"""The label of a return and the slip that goes into its parcel, as PDF, in the current language.

Nothing is read or written here but what is given.
"""

from collections.abc import Sequence

from reportlab.lib.pagesizes import A4, A6

from storefront.customers.envelopes import lines_of
from storefront.orders.shapes import Order
from storefront.returns.paper import Paper, isolated
from storefront.returns.shapes import Return, ReturnLine
from storefront.settings import Settings
from storefront.texts import _, current
from storefront.web import render


def label(order: Order, found: Return, settings: Settings) -> bytes:
    """The label, A6: whereto, from whom, and the return's number as a bar code (Code 128)."""
    page = _paper(A6, _("Return label %(number)s", number=found.number), settings)
    page.say(_("Sender"), size=8)
    for line in lines_of(order.delivery_address):
        page.say(line, size=10)
    page.skip(8)
    page.say(_("Return to"), size=8)
    for line in [settings.name, *_lines(settings.returns_address)]:
        page.say(line, size=14, is_bold=True)
    page.skip(10)
    page.bar_code(found.number)
    page.say(found.number, size=14, is_bold=True)
    ordered = _("Order %(number)s", number=isolated(order.number))
    page.say(f"{ordered} · {_pieces(found.lines)}", size=9)
    return page.done()


def slip(order: Order, found: Return, settings: Settings) -> bytes:
    """The packing slip, A4: each line with its quantity, its reason and what is wanted for it."""
    page = _paper(A4, _("Return %(number)s", number=found.number), settings)
    page.say(settings.name, size=18, is_bold=True)
    page.say(_("Packing slip of the return %(number)s", number=isolated(found.number)), size=13)
    page.say(_("Order %(number)s", number=isolated(order.number)), size=10)
    page.skip(10)
    page.bar_code(found.number)
    page.skip(10)
    page.say(_("Put this slip into the parcel, with:"), size=11)
    for line in found.lines:
        page.skip(6)
        page.say(f"{line.quantity} × {isolated(line.name)}", size=11, is_bold=True)
        size = _("size %(size)s", size=isolated(line.size_label))
        page.say(f"{isolated(line.sku)} · {size} · {_reason(line)}", size=10)
        if line.new_sku:
            page.say(_("In exchange for %(sku)s", sku=isolated(line.new_sku)), size=10)
        if line.note:
            page.say(line.note, size=10)
    return page.done()


def _paper(size: tuple[float, float], title: str, settings: Settings) -> Paper:
    return Paper(size, title, settings.name, is_rtl=current().direction == "rtl")


def _lines(address: str) -> list[str]:
    return [line.strip() for line in address.split(";") if line.strip()]


def _reason(line: ReturnLine) -> str:
    """The reason for the return, in the words of the pages."""
    return render.macro("returns/_words.html", "reason_of")(line.reason).unescape()


def _pieces(lines: Sequence[ReturnLine]) -> str:
    return _("%(number)s pieces in all", number=sum(line.quantity for line in lines))
