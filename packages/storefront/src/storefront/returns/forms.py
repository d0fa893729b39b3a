"""The form in which a customer requests a return: a group of fields for each line of the order."""

from collections.abc import Mapping, Sequence
from typing import Any, cast, get_args

from storefront.returns.offers import Offered
from storefront.returns.replacements import Wanted
from storefront.returns.rules import Outcome, Reason
from storefront.texts import _
from storefront.web.forms import Form, whole

_LONGEST_NOTE = 200
_REASONS = get_args(Reason)


def wanted_of(
    form: Form[Any], typed: Mapping[str, object], offered: Sequence[Offered]
) -> list[Wanted]:
    """What was chosen, by line; what is wrong with a field is noted in the form.

    Of a line with the id 12: ``quantity-12``, ``reason-12``, ``outcome-12`` (``payment``, ``gift_card``
    or the SKU to exchange it for), ``note-12``, ``unopened-12``. Lines without a quantity stay.
    """
    wanted = []
    for one in offered:
        line_id = one.line.state.id
        values = {
            name: str(typed.get(f"{name}-{line_id}", "")).strip()
            for name in ("quantity", "reason", "outcome", "note", "unopened")
        }
        for name, value in values.items():
            form.values[f"{name}-{line_id}"] = value
        found = _line(form, one, values)
        if found is not None:
            wanted.append(found)
    if not wanted and not form.errors:
        form.refuse("", _("Choose what you want to return."))
    return wanted


def _line(form: Form[Any], one: Offered, values: Mapping[str, str]) -> Wanted | None:
    line_id = one.line.state.id
    quantity = values["quantity"]
    if quantity in ("", "0"):
        return None
    most = one.found.pieces
    pieces = whole(quantity, most=most)
    if not pieces:
        form.refuse(
            f"quantity-{line_id}", _("Please enter a whole number up to %(most)s.", most=most)
        )
        return None
    if values["reason"] not in _REASONS:
        form.refuse(f"reason-{line_id}", _("Please choose a reason."))
        return None
    if len(values["note"]) > _LONGEST_NOTE:
        sentence = _("Please use at most %(max_length)s characters.", max_length=_LONGEST_NOTE)
        form.refuse(f"note-{line_id}", sentence)
        return None
    if one.found.is_sealed and not values["unopened"]:
        form.refuse(f"unopened-{line_id}", _("It can be returned unopened only."))
        return None
    is_refund = values["outcome"] in ("payment", "gift_card")
    if not is_refund and values["outcome"] not in {other.sku for other in one.alternatives}:
        form.refuse(f"outcome-{line_id}", _what_for(values["outcome"]))
        return None
    return Wanted(
        line_id=line_id,
        quantity=pieces,
        reason=cast(Reason, values["reason"]),
        outcome=cast(Outcome, values["outcome"]) if is_refund else "exchange",
        note=values["note"] or None,
        new_sku=None if is_refund else values["outcome"],
        is_unopened=bool(values["unopened"]),
    )


def _what_for(sku: str) -> str:
    if sku:
        return _("This is sold out by now. Please choose something else for it.")
    return _("Please choose what you want for it.")
