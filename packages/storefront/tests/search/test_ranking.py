"""Which of two equally good products comes first."""

from storefront.search.index.ranking import MERIT_DIGITS, merit


def test_of_equals_the_one_that_sells_then_the_one_that_can_be_bought_comes_first() -> None:
    plain = merit(popularity=10, is_available=True, is_pictured=True)
    assert merit(popularity=11, is_available=True, is_pictured=True) > plain
    assert merit(popularity=10, is_available=False, is_pictured=True) < plain
    assert merit(popularity=10, is_available=True, is_pictured=False) < plain


def test_merit_fits_its_digits() -> None:
    assert merit(popularity=0, is_available=False, is_pictured=False) == 0
    highest = merit(popularity=2**31, is_available=True, is_pictured=True)
    assert highest.bit_length() == MERIT_DIGITS
