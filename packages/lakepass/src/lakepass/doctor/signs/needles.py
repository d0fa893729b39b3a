"""Text that a pattern requires in a match: searching for it is a hundred times as fast.

A log has thousands of lines and there are hundreds of patterns, of which a few match. `re` has no
search for a set of patterns, but `in` finds a literal quickly.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache

_SHORTEST = 3  # characters; shorter ones are in every text
_REACH = 8000  # characters: more than twice what any pattern spans
_TOKEN = re.compile(
    r"\((?:\?(?:P<\w+>|[:=!]|<[=!]))?|\[\^?\]?(?:\\.|[^\]\\])*\]|\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\.|.",
    re.DOTALL,
)
_QUANTIFIER = re.compile(r"[*+?]\??|\{(\d*),?\d*\}\??")
_LOOKING_ROUND = ("(?=", "(?!", "(?<=", "(?<!")


@cache
def needles(pattern: str) -> frozenset[str]:
    """Texts of which every match contains at least one, in lower case; none if unknown.

    For a pattern of a sign: case is ignored, and blanks stand for any white space.
    """
    found, _ = _alternatives(pattern, 0)
    return found


def lowered(text: str) -> str:
    """The text in lower case, of the same length: a few capitals have two small letters."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(low if len(low := one.lower()) == 1 else one for one in text)
    return lower


def windows(pattern: str, folded: str) -> list[tuple[int, int]]:
    """The parts of a text, from and to, in which a pattern may match; whole lines, in order.

    folded: as `lowered` returns it.
    """
    wanted = needles(pattern)
    if not wanted:
        return [(0, len(folded))]
    found: list[tuple[int, int]] = []
    for at in sorted(at for one in wanted for at in _places(one, folded)):
        begin = folded.rfind("\n", 0, max(0, at - _REACH)) + 1
        end = folded.find("\n", min(len(folded), at + _REACH))
        end = len(folded) if end < 0 else end
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], end
        else:
            found.append((begin, end))
    return found


def _places(needle: str, folded: str) -> Iterator[int]:
    """Where a text is found; of places that are near one another, one."""
    at = folded.find(needle)
    while at >= 0:
        yield at
        at = folded.find(needle, at + _REACH // 2)


def _alternatives(pattern: str, at: int) -> tuple[frozenset[str], int]:
    """The needles of everything up to the end of a group, and the position of that end."""
    each = []
    while True:
        needed, at = _sequence(pattern, at)
        each.append(needed)
        if pattern[at : at + 1] != "|":
            return (frozenset().union(*each) if all(each) else frozenset()), at
        at += 1


def _sequence(pattern: str, at: int) -> tuple[frozenset[str], int]:
    """The best needles of one alternative, and the position of its end."""
    options: list[frozenset[str]] = []
    run = ""
    while at < len(pattern) and pattern[at] not in "|)":
        token = _TOKEN.match(pattern, at)
        assert token is not None
        at = token.end()
        character = _literal(token[0])
        inner: frozenset[str] = frozenset()
        if token[0].startswith("("):
            inner, at = _alternatives(pattern, at)
            at += 1
            inner = frozenset() if token[0] in _LOOKING_ROUND else inner
        how_often = _QUANTIFIER.match(pattern, at)
        at = how_often.end() if how_often else at
        is_needed = (
            how_often is None or how_often[0][0] == "+" or how_often[1] not in (None, "", "0")
        )
        if is_needed:
            options.append(inner)
        if character and is_needed:
            run += character
        if not character or how_often:
            options.append(frozenset({run}))
            run = ""
    options.append(frozenset({run}))
    return _best(options), at


def _literal(token: str) -> str:
    """The character that a token matches, or ""."""
    if token.startswith("\\"):
        return "" if token[1].isalnum() else token[1].casefold()
    is_plain = len(token) == 1 and token not in {"(", ".", "^", "$", " "}
    return token.casefold() if is_plain else ""


def _best(options: Iterable[frozenset[str]]) -> frozenset[str]:
    usable = [one for one in options if one and min(map(len, one)) >= _SHORTEST]
    return max(usable, key=lambda one: min(map(len, one)), default=frozenset())
