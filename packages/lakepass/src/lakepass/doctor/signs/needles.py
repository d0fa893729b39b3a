"""Text that must be there for a pattern to match: looking for it is a hundred times as quick.

A log has thousands of lines and there are hundreds of patterns, of which a few match. `re` has no
search for a set of patterns, but `in` finds a literal quickly.
"""

import re
from collections.abc import Iterable
from functools import cache

_SHORTEST = 3  # characters; shorter ones are in every text
_TOKEN = re.compile(
    r"\((?:\?(?:P<\w+>|[:=!]|<[=!]))?|\[\^?\]?(?:\\.|[^\]\\])*\]|\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\.|.",
    re.DOTALL,
)
_QUANTIFIER = re.compile(r"[*+?]\??|\{(\d*),?\d*\}\??")
_LOOKING_ROUND = ("(?=", "(?!", "(?<=", "(?<!")


@cache
def needles(pattern: str) -> frozenset[str]:
    """Texts of which a match contains at least one, in lower case; none if that is not known.

    For a pattern of a sign: case is ignored, and blanks stand for any white space.
    """
    found, _ = _alternatives(pattern, 0)
    return found


def may_match(pattern: str, folded: str) -> bool:
    """Whether a pattern may match a text, given the text in lower case (`str.casefold`)."""
    return not (wanted := needles(pattern)) or any(one in folded for one in wanted)


def _alternatives(pattern: str, at: int) -> tuple[frozenset[str], int]:
    """The needles of what stands up to the end of a group, and where that is."""
    each = []
    while True:
        needed, at = _sequence(pattern, at)
        each.append(needed)
        if pattern[at : at + 1] != "|":
            return (frozenset().union(*each) if all(each) else frozenset()), at
        at += 1


def _sequence(pattern: str, at: int) -> tuple[frozenset[str], int]:
    """The best needles of one alternative, and where it ends."""
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
    """The character that a token stands for, or nothing."""
    if token.startswith("\\"):
        return "" if token[1].isalnum() else token[1].casefold()
    is_plain = len(token) == 1 and token not in {"(", ".", "^", "$", " "}
    return token.casefold() if is_plain else ""


def _best(options: Iterable[frozenset[str]]) -> frozenset[str]:
    usable = [one for one in options if one and min(map(len, one)) >= _SHORTEST]
    return max(usable, key=lambda one: min(map(len, one)), default=frozenset())
