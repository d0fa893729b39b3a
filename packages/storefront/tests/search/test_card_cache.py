"""Cards are kept within bytes, and never longer than they are true."""

from storefront.search.read_model.card_cache import CardCache


def test_the_least_recently_shown_cards_make_way() -> None:
    cache = CardCache(3 * 1_150)
    cache.put({1: "a" * 1_000, 2: "b" * 1_000, 3: "c" * 1_000})
    assert cache.among([1]) == {1: "a" * 1_000}
    cache.put({4: "d" * 1_000})
    assert sorted(cache.among([1, 2, 3, 4])) == [1, 3, 4]


def test_a_card_is_replaced_and_dropped() -> None:
    cache = CardCache(2_500)
    cache.put({1: "a" * 1_000})
    cache.put({1: "b" * 1_000, 2: "c" * 1_000})  # within the bytes only if the first is gone
    assert cache.among([2, 1]) == {2: "c" * 1_000, 1: "b" * 1_000}
    cache.drop([1, 7])
    assert cache.among([1, 2]) == {2: "c" * 1_000}
    cache.clear()
    assert cache.among([2]) == {}
