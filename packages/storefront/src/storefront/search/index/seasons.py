"""The season of a date in the northern hemisphere. Pure."""

from datetime import date

SEASONS = ("Winter", "Spring", "Summer", "Fall")


def season_at(day: date) -> str:
    """The season in whole months: winter is December to February."""
    return SEASONS[day.month % 12 // 3]
