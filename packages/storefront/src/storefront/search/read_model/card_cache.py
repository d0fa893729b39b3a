"""The cards of products that were shown lately, least recently shown first. Pure."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping

_OVERHEAD_BYTES = 150  # of a card in addition to its characters


class CardCache:
    """Cards by product id, of at most ``max_bytes`` in total."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._cards: OrderedDict[int, str] = OrderedDict()

    def among(self, product_ids: Iterable[int]) -> dict[int, str]:
        """The cards of those of these products that are cached."""
        cards = self._cards
        found = {one: cards[one] for one in product_ids if one in cards}
        for product_id in found:
            cards.move_to_end(product_id)
        return found

    def put(self, cards: Mapping[int, str]) -> None:
        """Add or replace cards."""
        self.drop(cards)
        self._cards.update(cards)
        self._bytes += sum(map(_size_of, cards.values()))
        while self._bytes > self._max_bytes:
            _, card = self._cards.popitem(last=False)
            self._bytes -= _size_of(card)

    def drop(self, product_ids: Iterable[int]) -> None:
        """Remove the cards of these products; unknown ids are ignored."""
        for product_id in product_ids:
            card = self._cards.pop(product_id, None)
            if card is not None:
                self._bytes -= _size_of(card)

    def clear(self) -> None:
        """Remove all cards."""
        self._cards.clear()
        self._bytes = 0


def _size_of(card: str) -> int:
    return len(card) + _OVERHEAD_BYTES
