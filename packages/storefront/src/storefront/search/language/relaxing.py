"""What to widen or give up, and in which order, where too little matches all that was asked. Pure.

Only what was read into the query is given up, never a filter that the shopper set.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from storefront.search.language.understanding import Part, Understanding

FEW = 10  # fewer products than this are joined by others, behind them

# Least missed first: a size may come back, a price may be stretched; the kind of thing goes last.
_ORDER = ("size", "price", "base_color", "gender", "brand", "category")


@dataclass(frozen=True, slots=True)
class Step:
    """A reading of a query. given_up: what it no longer asks, as it is said to the shopper.

    enough: with so many products it is taken; with fewer the next one is tried.
    """

    understanding: Understanding
    given_up: tuple[str, ...] = ()
    enough: int = 1


def steps(understood: Understanding) -> list[Step]:
    """The readings to try, the query itself first; none of them asks for nothing.

    Few products are joined by those that do not say the left-over words, then by near colours: what the
    query says ranks before them. Only where there is none at all is something given up: each part
    alone, then more and more of them together, at last all but the words.
    """
    parts = sorted(
        (part for part in understood.parts if part.narrows), key=lambda p: _ORDER.index(p.kind)
    )
    found = [replace(step, enough=FEW) for step in _widening(understood, parts)]
    widest = found[-1]
    for given_up in _giving_up(parts):
        labels = tuple(part.label for part in given_up)
        found.append(Step(widest.understanding.dropping(given_up), (*widest.given_up, *labels)))
    if understood.words and parts:
        labels = tuple(part.label for part in parts)
        found.append(Step(replace(understood.dropping(parts), needed="any"), labels))
    return found


def _widening(understood: Understanding, parts: list[Part]) -> Iterator[Step]:
    yield Step(understood)
    said = " ".join(understood.query[word.start : word.end] for word in understood.words)
    given_up: tuple[str, ...] = ()
    if parts and understood.words:
        understood, given_up = replace(understood, needed="none"), (said,)
        yield Step(understood, given_up)
    elif len(understood.words) > 1:
        yield Step(replace(understood, needed="any"), (said,))
    if any(set(part.near) - set(part.values) for part in parts):
        yield Step(understood.widened(), given_up)


def _giving_up(parts: list[Part]) -> Iterator[list[Part]]:
    """Parts to drop: each alone, then the first ones together; never all."""
    if len(parts) > 1:
        yield from ([part] for part in parts)
        yield from (parts[:count] for count in range(2, len(parts)))
