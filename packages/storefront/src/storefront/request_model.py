"""What requests have in common: how their numbers are written, and that unknown fields are refused."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict
from pydantic_core import PydanticCustomError, PydanticKnownError

BIGGEST = 2**63 - 1
"""Of the numbers of Postgres (bigint)."""
_AS_SHOWN = re.compile(r"[1-9][0-9]{0,18}")
_DIGITS = re.compile(r"-?[0-9]{1,19}")
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)", re.ASCII)

Whole = Annotated[int, Strict()]
"""A number that is written as one: not ``true``, ``"1"`` or ``1.0``."""

Flag = Annotated[bool, Strict()]
"""``true`` or ``false``: not ``1``, ``"yes"`` or the like."""


def _number(sent: object) -> object:
    """The number of an id as the API shows it: digits alone, without a zero, a sign or blanks before."""
    if not isinstance(sent, str):
        return sent
    if not _AS_SHOWN.fullmatch(sent):
        raise PydanticCustomError("id_parsing", "should be an id: digits alone, such as 12")
    return int(sent)


Id = Annotated[int, Strict(), Field(ge=1, le=BIGGEST), BeforeValidator(_number)]
"""An id, as a number or as the string that the API shows; also in addresses."""


def _plain(sent: object) -> object:
    if isinstance(sent, str) and not _DIGITS.fullmatch(sent.strip()):
        raise PydanticKnownError("int_parsing")
    return sent


DIGITS = BeforeValidator(_plain)
"""Marks a whole number of a form or an address: not ``+5``, ``5_0``, ``5.0`` or digits of other scripts.

It stands after the bounds, as in ``Annotated[int, Query(ge=1), DIGITS]``: OpenAPI then has them.
"""


def _as_written(sent: object) -> object:
    if isinstance(sent, bool) or (isinstance(sent, str) and not _DECIMAL.fullmatch(sent.strip())):
        raise PydanticKnownError("decimal_parsing")
    return sent


DECIMAL = BeforeValidator(_as_written)
"""Marks a decimal number, or its digits as text: not ``true`` or ``"5_0"``; after the bounds, too."""

Number = Annotated[Decimal, DECIMAL]


class RequestModel(BaseModel):
    """The body of a request to the API, or a part of it. Raises for fields that it does not have."""

    model_config = ConfigDict(extra="forbid")
