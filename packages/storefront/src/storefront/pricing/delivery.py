"""Delivery dates of a parcel: working days from the day it leaves. Pure.

Working days are Monday to Friday; holidays are not considered, so dates are a window, not a promise
to the day.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_SATURDAY = 5


def dispatch_day(placed_at: datetime, *, cutoff: time, time_zone: str) -> date:
    """The day on which an order leaves: the same working day before the cutoff, otherwise the next one.

    placed_at: aware. cutoff: in time_zone (IANA), that of the warehouse.
    """
    there = placed_at.astimezone(ZoneInfo(time_zone))
    day = there.date()
    if there.time() >= cutoff:
        day += timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return day


def arrival(dispatched: date, *, min_days: int, max_days: int) -> tuple[date, date]:
    """The first and last day of arrival, in working days after it left."""
    return _after(dispatched, min_days), _after(dispatched, max_days)


def _after(day: date, working_days: int) -> date:
    left = working_days
    while left or day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
        left -= day.weekday() < _SATURDAY and left > 0
    return day
