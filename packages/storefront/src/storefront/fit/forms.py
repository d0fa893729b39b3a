"""Body measures as people type them: in cm or inches."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from storefront.request_model import Number
from storefront.texts import _
from storefront.web.forms import Form

Length = Annotated[Number | None, Field(gt=0, lt=1_000, decimal_places=2)]

BOUNDS_MM = {
    "height": (400, 2_700),
    "chest": (400, 2_000),
    "underbust": (400, 2_000),
    "waist": (380, 2_000),
    "hip": (400, 2_200),
    "finger": (30, 100),
    "foot": (80, 400),
}
"""What a body can have, in mm: outside of it the unit was mistaken."""

_MM = {"cm": Decimal(10), "in": Decimal("25.4")}


class MeasuresForm(BaseModel):
    """Body measures. is_agreed: whether they may be stored."""

    height: Length = None
    chest: Length = None
    underbust: Length = None
    waist: Length = None
    hip: Length = None
    finger: Length = None
    foot: Length = None
    unit: Literal["cm", "in"] = "cm"
    is_agreed: bool = False


def millimetres(form: Form[MeasuresForm]) -> dict[str, int]:
    """What was typed, in mm by measure; what no body has is refused in the form."""
    assert form.data is not None
    found: dict[str, int] = {}
    for name in BOUNDS_MM:
        value: Decimal | None = getattr(form.data, name)
        if value is None:
            continue
        mm = round(value * _MM[form.data.unit])
        low, high = BOUNDS_MM[name]
        if low <= mm <= high:
            found[name] = mm
        else:
            form.errors[name] = _("Please check this measure and its unit.")
    if form.errors:
        form.data = None
    return found
