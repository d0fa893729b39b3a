"""Which season it is, north of the equator. Pure."""

from datetime import date

SEASONS = ("Winter", "Spring", "Summer", "Fall")


def season_at(day: date) -> str:
    """The season by whole months: winter is December to February."""
    return SEASONS[day.month % 12 // 3]
