"""When an order leaves and arrives."""

from datetime import UTC, date, datetime, time

import pytest

from storefront.pricing.delivery import arrival, dispatch_day

# 2026-11-27 is a Friday.


@pytest.mark.parametrize(
    ("placed_at", "leaves"),
    [
        (datetime(2026, 11, 27, 12, 59, tzinfo=UTC), date(2026, 11, 27)),  # 13:59 in Berlin
        (datetime(2026, 11, 27, 13, 0, tzinfo=UTC), date(2026, 11, 30)),  # 14:00: after the cutoff
        (datetime(2026, 11, 24, 14, 30, tzinfo=UTC), date(2026, 11, 25)),  # Tuesday, after it
        (datetime(2026, 11, 28, 8, 0, tzinfo=UTC), date(2026, 11, 30)),
        (datetime(2026, 11, 29, 8, 0, tzinfo=UTC), date(2026, 11, 30)),
        (datetime(2026, 11, 26, 23, 30, tzinfo=UTC), date(2026, 11, 27)),  # Friday in Berlin
    ],
)
def test_an_order_leaves_on_the_working_day_before_its_cutoff(
    placed_at: datetime, leaves: date
) -> None:
    assert dispatch_day(placed_at, cutoff=time(14), time_zone="Europe/Berlin") == leaves


def test_weekends_are_not_counted() -> None:
    friday = date(2026, 11, 27)
    assert arrival(friday, min_days=1, max_days=3) == (date(2026, 11, 30), date(2026, 12, 2))
    assert arrival(friday, min_days=0, max_days=5) == (friday, date(2026, 12, 4))
    saturday, monday = date(2026, 11, 28), date(2026, 11, 30)
    assert arrival(saturday, min_days=0, max_days=1) == (monday, monday)
