"""What to give up, and in which order, where nothing matches everything that was asked. Pure.

Only what was read into the query is given up, never a filter that the shopper set.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from storefront.search.understanding import Part, Understanding

# Least missed first: a size may come back, a price may be stretched; the kind of thing goes last.
_ORDER = ("size", "price", "base_color", "gender", "brand", "category")


@dataclass(frozen=True, slots=True)
class Step:
    """A wider reading of a query. given_up: what it no longer asks, as it is said to the shopper."""

    understanding: Understanding
    given_up: tuple[str, ...] = ()


def steps(understood: Understanding) -> list[Step]:
    """The readings to try, the query itself first, until one has products; no reading is empty.

    First each part alone, and the words one of which may do; then more and more of them together.
    """
    found = [Step(understood)]
    parts = sorted(
        (part for part in understood.parts if part.narrows), key=lambda p: _ORDER.index(p.kind)
    )
    if len(understood.words) > 1:
        found.append(Step(replace(understood, any_word=True), (_said_words(understood),)))
    if len(parts) + bool(understood.words) > 1:
        found += [Step(understood.dropping([part]), (part.label,)) for part in parts]
        found += _together(understood, parts)
    return _distinct(found)


def _together(understood: Understanding, parts: list[Part]) -> Iterator[Step]:
    """Without the words, then without the words and one more part at a time; then the words alone."""
    base = replace(understood, words=())
    said = (_said_words(understood),) if understood.words else ()
    if understood.words and parts:
        yield Step(base, said)
    for count in range(1, len(parts)):
        yield Step(base.dropping(parts[:count]), (*(p.label for p in parts[:count]), *said))
    if understood.words and parts:
        labels = tuple(part.label for part in parts)
        yield Step(replace(understood.dropping(parts), any_word=True), labels)


def _said_words(understood: Understanding) -> str:
    return " ".join(understood.query[word.start : word.end] for word in understood.words)


def _distinct(found: list[Step]) -> list[Step]:
    by_reading: dict[Understanding, Step] = {}
    for step in found:
        by_reading.setdefault(step.understanding, step)
    return list(by_reading.values())
