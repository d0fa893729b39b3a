"""The seasons of products, and which of them it is now north of the equator."""

from datetime import UTC, date, datetime
from typing import Literal, get_args

Season = Literal["Spring", "Summer", "Fall", "Winter"]
SEASONS: tuple[Season, ...] = get_args(Season)


def season_at(day: date) -> Season:
    """The season in whole months: spring begins in March."""
    return SEASONS[(day.month - 3) % 12 // 3]


def current_season() -> Season:
    """The season of today, in UTC."""
    return season_at(datetime.now(UTC).date())
