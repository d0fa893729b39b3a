"""What the bodies of requests have in common: a field that is not known is refused, not ignored."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict

_BIGGEST = 2**63 - 1
_AS_SHOWN = re.compile(r"[1-9][0-9]*")
_DECIMAL = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?", re.ASCII)

Whole = Annotated[int, Strict()]
"""A number that is written as one: not ``true``, ``"1"`` or ``1.0``."""

Flag = Annotated[bool, Strict()]
"""``true`` or ``false``: not ``1``, ``"yes"`` or the like."""


def _number(sent: object) -> object:
    """The number of an id as the API shows it: digits alone, without a zero, a sign or blanks before."""
    is_shown = isinstance(sent, str) and len(sent) < 20 and _AS_SHOWN.fullmatch(sent)
    return int(str(sent)) if is_shown else sent


Id = Annotated[int, Strict(), Field(ge=1, le=_BIGGEST), BeforeValidator(_number)]
"""An id, as a number or as the string that the API shows."""


def _as_written(sent: object) -> object:
    if isinstance(sent, bool) or (isinstance(sent, str) and not _DECIMAL.fullmatch(sent.strip())):
        raise ValueError("please enter a number, such as 12.50")
    return sent


Number = Annotated[Decimal, BeforeValidator(_as_written)]
"""A decimal number, or its digits as text: not ``true`` or ``"5_0"``."""


class RequestModel(BaseModel):
    """The body of a request to the API, or a part of it. Raises for fields that it does not have."""

    model_config = ConfigDict(extra="forbid")
