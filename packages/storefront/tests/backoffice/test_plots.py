"""Bars of the overview: as high as their values, and seen where there is one."""

from storefront.backoffice.plots import HEIGHT, WIDTH, Bar, bars


def test_the_highest_bar_fills_the_plot_and_a_small_one_can_be_seen() -> None:
    found = bars([0, 1, 500, 1000])
    assert [bar.height for bar in found] == [0, 2, HEIGHT / 2, HEIGHT]
    assert found[3] == Bar(WIDTH * 3 / 4, 0, WIDTH / 4 - 4, HEIGHT)


def test_days_without_anything_have_no_bars() -> None:
    assert [bar.height for bar in bars([0, 0])] == [0, 0]
