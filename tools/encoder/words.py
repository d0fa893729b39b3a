"""The words of names and attributes as vectors that training learns beside the pictures' own."""

import re
from collections import Counter
from collections.abc import Sequence

import torch
from torch import Tensor, nn

_WORD = re.compile(r"[a-z0-9]+")
_RARE = 2  # words of fewer products are left out
_MOST_DROPPED = 0.7


class Words(nn.Module):
    """Texts to vectors: the mean of their words', as long as the picture's embedding is.

    Not exported: it teaches the network what belongs together, and stays behind.
    """

    def __init__(self, texts: Sequence[str], dimensions: int) -> None:
        super().__init__()
        counts = Counter(word for text in texts for word in set(words_of(text)))
        known = sorted(word for word, count in counts.items() if count >= _RARE)
        self.numbers = {word: number for number, word in enumerate(known, start=1)}
        self.table = nn.Embedding(len(known) + 1, dimensions, padding_idx=0)

    def encoded(self, texts: Sequence[str]) -> Tensor:
        """Numbers of words, [n, longest]; 0 where a text is shorter."""
        rows = [[self.numbers[w] for w in words_of(text) if w in self.numbers] for text in texts]
        encoded = torch.zeros(len(rows), max(1, *map(len, rows)), dtype=torch.long)
        for row, numbers in zip(encoded, rows, strict=True):
            row[: len(numbers)] = torch.tensor(numbers, dtype=torch.long)
        return encoded

    def forward(self, encoded: Tensor) -> Tensor:
        """[n, longest] to [n, dimensions]; words are dropped at random, never all of a text."""
        there = encoded > 0
        dropped = torch.rand(len(encoded), 1, device=encoded.device) * _MOST_DROPPED
        kept = there & (torch.rand(encoded.shape, device=encoded.device) > dropped)
        kept = torch.where(kept.any(1, keepdim=True), kept, there)
        total = (self.table(encoded) * kept[..., None]).sum(1)
        return total / kept.sum(1, keepdim=True).clamp_min(1)


def words_of(text: str) -> list[str]:
    """In lower case, without punctuation."""
    return _WORD.findall(text.lower())
