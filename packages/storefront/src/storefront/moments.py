"""Moments that staff enter."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("please enter a time between the years 1 and 9999 in UTC") from None


Moment = Annotated[datetime, AfterValidator(_in_utc)]
"""In UTC, which is also what a time without an offset is taken for."""
