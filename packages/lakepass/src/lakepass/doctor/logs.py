"""Finds causes in text written by other programs: errors, logs, start-up reports. No network.

What servers say is classified by the library's own table (`lakepass.refusals`); what the SDK,
drivers and programs add to it is in `lakepass.doctor.signs`. General words, such as "connection
refused", count only where the text around them is about Postgres or the workspace.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

from lakepass import refusals
from lakepass.diagnoses import CATALOGUE, Diagnosis
from lakepass.diagnoses.diagnosis import filled
from lakepass.doctor.report import COLOURS, FORMAT_VERSION, Mark, clean, folded, painter
from lakepass.doctor.signs import CATALOGUE_ADVICE, SIGNS, Advice, Sign
from lakepass.doctor.signs.context import LINE_WITHIN, is_about, without_markup
from lakepass.doctor.signs.facts import facts_in, with_derived
from lakepass.doctor.signs.needles import may_match
from lakepass.errors import MASK, redact

_LOOKED_AT = 4000  # characters of a line that are masked …
_QUOTED = 100  # … and shown

# Where the first is seen on a line, the second is not what the line says.
_INSTEAD = (
    ("LP-103", ("LP-124",)),
    ("LP-108", ("LP-408",)),
    ("LP-118", ("LP-212",)),
    ("LP-121", ("LP-124", "LP-213")),
    ("LP-133", ("LP-505", "LP-506")),
    ("LP-143", ("LP-141",)),
    ("LP-201", ("LP-506",)),
    ("LP-202", ("LP-203",)),
    ("LP-203", ("LP-408", "LP-409", "LP-505", "LP-506", "LP-507", "LP-212")),
    ("LP-212", ("LP-213",)),
    ("LP-215", ("LP-404", "LP-213")),
    ("LP-216", ("LP-306",)),
    ("LP-217", ("LP-213",)),
    ("LP-306", ("LP-308",)),
    ("LP-307", ("LP-308",)),
    ("LP-402", ("LP-404", "LP-409")),
    ("LP-408", ("LP-409",)),
    ("LP-411", ("LP-501",)),
    ("LP-505", ("LP-506", "LP-507")),
    ("LP-509", ("LP-506", "LP-502")),
    ("LP-506", ("LP-507",)),
    ("LP-612", ("LP-506",)),
    ("LP-507", ("LP-409",)),
    ("LP-609", ("LP-604",)),
)
# Without a token there is no password, or the last one, which ends: what keeps from minting one.
_NO_TOKEN = frozenset({"LP-111", "LP-112", "LP-118", "LP-131", "LP-132"}) | {
    f"LP-{number}" for number in range(201, 219)
}
_NO_LOGIN = frozenset(
    {f"LP-{number}" for number in (*range(101, 147), *range(201, 220), *range(301, 415))}
) | {"LP-501", "LP-502", "LP-503", "LP-505", "LP-506", "LP-507", "LP-510", "LP-511", "LP-704"}
# What the codes on the right bring about shows as the code on the left, too.
_FOLLOWS: Mapping[str, frozenset[str]] = {
    "LP-402": frozenset(  # libpq tries again without TLS what was refused with TLS
        {"LP-301", "LP-302", "LP-303", "LP-304", "LP-306", "LP-307", "LP-308", "LP-401", "LP-403"}
        | {"LP-108", "LP-408", "LP-409"}
    ),
    "LP-308": frozenset({"LP-143"}) | _NO_TOKEN,
    "LP-307": _NO_TOKEN,
    "LP-306": _NO_TOKEN,
    "LP-305": _NO_TOKEN,
    "LP-301": frozenset({"LP-143"}),
    "LP-504": frozenset(code for code in CATALOGUE if code[3] in "34" or code == "LP-503")
    | {"LP-505", "LP-506", "LP-507", "LP-510"},
    "LP-201": frozenset({"LP-202", "LP-203"}),
    "LP-502": frozenset({"LP-505"}),  # who waits at a pooler that finds no server
    "LP-506": frozenset({"LP-612"}),
    "LP-507": frozenset(
        {"LP-402", "LP-407", "LP-408", "LP-411", "LP-501", "LP-502", "LP-503", "LP-510"}
    ),
    "LP-509": _NO_LOGIN,
    "LP-601": frozenset({"LP-610"}),
    "LP-608": frozenset({"LP-606", "LP-609", "LP-610", "LP-601"}) | _NO_LOGIN,
    "LP-611": frozenset(code for code in CATALOGUE if code != "LP-611"),
    "LP-118": frozenset({"LP-111", "LP-112"}),
}
# Of these, only what stands above is the cause.
_COMES_LATER = frozenset({"LP-305", "LP-306", "LP-307"})
# Who signs in, in a start-up report; and what an app's environment holds.
_PRINCIPAL = re.compile(
    r"service principal\W{1,4}\S* ?(available|applies|set)|DATABRICKS_CLIENT_SECRET", re.IGNORECASE
)
_SQLSTATE = re.compile(
    r"(?:sqlstate|\bcode|PostgresException \(0x\w{8}\):)\W{1,4}([0-9A-Z]{5})\b", re.IGNORECASE
)
# At the end of our errors, or in a report of ours.
_OWN_CODE = re.compile(r"\[(LP-\d{3})\]|Root cause: (LP-\d{3})\b")
# A warning of ours: the title, then the cause. A title alone may be anybody's sentence.
_OPENINGS = {
    code: re.escape(f"{row.title} {' '.join(row.cause.split()[:3])}").replace(r"\ ", " ")
    for code, row in CATALOGUE.items()
}
_SECRET_SETTING = re.compile(
    r"(?P<name>\w*(?:password|passwd|pwd|secret|token|api_?key)['\"]?\s*[=:]\s*"
    r"|authorization['\"]?\s*[=:]\s*['\"]?\w+\s+)"
    r"(?P<value>'[^']*'|\"[^\"]*\"|[^\s'\"&,;)]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Recognised:
    """A cause found in a text. line: number of the first line, from 1. times: number of lines.

    follows: the code of the cause in the same text that this is a consequence of; then it is not
    certain by itself, and goes away with that cause.
    """

    code: str
    title: str
    cause: str
    fix: str
    lines: tuple[str, ...]
    is_sure: bool
    line: int
    quote: str
    times: int = 1
    follows: str = ""

    def as_dict(self) -> dict[str, object]:
        """Plain values, for JSON."""
        return {
            "code": self.code,
            "title": self.title,
            "cause": self.cause,
            "fix": self.fix,
            "lines": list(self.lines),
            "source": CATALOGUE[self.code].source,
            "certain": self.is_sure,
            "follows": self.follows or None,
            "line": self.line,
            "quote": self.quote,
            "times": self.times,
        }


@dataclass(slots=True)
class _Seen:
    """The lines on which a code was seen, with the names and the advice of each match."""

    is_sure: bool
    lines: set[int] = field(default_factory=set)
    places: list[tuple[int, Advice, dict[str, str]]] = field(default_factory=list)

    @property
    def named(self) -> dict[str, str]:
        """The names that stand in its own words, the first place's before the others'."""
        named: dict[str, str] = {}
        for _, _, groups in sorted(self.places, key=lambda place: place[0]):
            named = groups | named
        return named

    @property
    def advice(self) -> Advice:
        """The advice of the first place that has one."""
        special = [place for place in self.places if place[1] is not CATALOGUE_ADVICE]
        return min(special, key=lambda place: place[0])[1] if special else CATALOGUE_ADVICE


class _Text(str):
    """A text with an index of its lines, to find the line of a match quickly."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.lines = text.split("\n")
        self._ends = [match.start() for match in re.finditer("\n", text)]
        self.parts = re.split(f"[\n{LINE_WITHIN}]", text)
        self._ends_within = [match.start() for match in re.finditer(f"[\n{LINE_WITHIN}]", text)]
        self.folded = text.casefold()

    @cached_property
    def names_a_principal(self) -> bool:
        """Whether the text says that a service principal signs in."""
        return _PRINCIPAL.search(self) is not None

    def line_of(self, match: re.Match[str]) -> int:
        """The line number, from 1, of the first named group of a match, or else of its start."""
        return bisect_left(self._ends, _where(match)) + 1

    def part_of(self, match: re.Match[str]) -> int:
        """The same, counting the lines that are escaped within a line of JSON."""
        return bisect_left(self._ends_within, _where(match))


def _where(match: re.Match[str]) -> int:
    names = [match.start(name) for name, value in match.groupdict().items() if value]
    return min(names, default=match.start())


def recognise(pasted: str) -> list[Recognised]:
    """The causes in a text: what is certain first, then what follows from it, then suspicions;
    each in the order of the text."""
    text = _Text(without_markup(pasted))
    seen = _seen_in(text)
    sure = {code for code, was in seen.items() if was.is_sure}
    named = facts_in(text) if seen else {}
    found = []
    for code, was in seen.items():
        follows = next((cause for cause in _causes_of(code, seen) if cause in sure), "")
        line = min(was.lines)
        advice, facts = was.advice, with_derived(named | was.named, _around(text, line))
        found.append(
            Recognised(
                code,
                *_words(CATALOGUE[code], advice, facts),
                is_sure=was.is_sure and not follows,
                line=line,
                quote=_quote(text.lines[line - 1]),
                times=len(was.lines),
                follows=follows,
            )
        )
    return sorted(found, key=lambda one: (not one.is_sure, not one.follows, one.line, one.code))


def lines(found: list[Recognised], *, colour: bool = False) -> list[str]:
    """The causes as readable lines, 80 columns wide."""
    paint = painter(colour=colour)
    told: list[str] = []
    for one in found:
        certain = f", which follows from {one.follows}," if one.follows else ""
        certain = certain or ("" if one.is_sure else " (suspected)")
        where = f"line {one.line}" + (f" and {one.times - 1} more" if one.times > 1 else "")
        told += [paint(f"{one.code}{certain}", COLOURS[Mark.BAD]) + f" in {where}"]
        told += [*folded(one.quote, "  | "), *folded(one.title, "  ")]
        if not one.follows:
            told += _advised(one)
        told.append("")
    return told[:-1]


def as_dict(found: list[Recognised]) -> dict[str, object]:
    """Plain values, for JSON."""
    return {"version": FORMAT_VERSION, "recognised": [one.as_dict() for one in found]}


def _advised(one: Recognised) -> Iterator[str]:
    yield from folded(one.cause, "  ")
    yield from folded(f"Fix: {one.fix}", "  ", hanging="       ")
    if one.lines:
        yield ""
        yield from (f"    {line}" for line in one.lines)  # never folded: to be copied


def _words(
    row: Diagnosis, advice: Advice, facts: Mapping[str, object]
) -> tuple[str, str, str, tuple[str, ...]]:
    """What to say of a cause in this text: title, cause, fix and lines."""
    lines = row.lines if advice.lines is None else advice.lines
    return (
        _sentence(advice.title, facts) or row.title,
        advice.cause or row.cause,
        _sentence(advice.fix, facts) or row.fix,
        tuple(redact(line) for line in filled(lines, facts)),
    )


def _sentence(text: str, facts: Mapping[str, object]) -> str:
    return filled([text], facts)[0]


def _causes_of(code: str, seen: Mapping[str, _Seen]) -> list[str]:
    """The codes in the text that cause this one, in the order of the text."""
    causes = set(_FOLLOWS.get(code, frozenset()) & seen.keys())
    if code in _COMES_LATER:
        causes = {cause for cause in causes if min(seen[cause].lines) < min(seen[code].lines)}
    return sorted(causes, key=lambda cause: (min(seen[cause].lines), cause))


def _seen_in(text: _Text) -> dict[str, _Seen]:
    seen: dict[str, _Seen] = {}
    for code, match in _said(text):
        _see(seen, code, text, match, is_sure=True)
    for sign in SIGNS:
        if not sign.only_with:
            _look_for(sign, text, seen)
    _decide_between(seen)
    for sign in SIGNS:
        if sign.only_with and _is_there(sign.only_with, text, seen):
            _look_for(sign, text, seen)
    if "LP-114" in seen and seen["LP-114"].is_sure:
        seen.pop("LP-301", None)  # this is what it was
    if not seen:
        _by_sqlstate(text, seen)
    return seen


def _is_there(wanted: str, text: _Text, seen: Mapping[str, _Seen]) -> bool:
    """Whether everything that a sign requires (`only_with`) is in the text."""
    sure = {code for code, was in seen.items() if was.is_sure}
    there = sure | ({"any"} if sure else set())
    return all(
        one in there or (one == "a principal" and text.names_a_principal)
        for one in wanted.split(" and ")
    )


def _look_for(sign: Sign, text: _Text, seen: dict[str, _Seen]) -> None:
    for match in _matches(sign.pattern, text):
        _see(seen, sign.code, text, match, is_sure=sign.is_sure, advice=sign.advice)


def _see(
    seen: dict[str, _Seen],
    code: str,
    text: _Text,
    match: re.Match[str],
    *,
    is_sure: bool,
    advice: Advice = CATALOGUE_ADVICE,
) -> None:
    """Record a match, unless the text around it is about something else."""
    line = text.line_of(match)
    is_ours = is_about(code, text.parts, text.part_of(match) + 1)
    if is_ours is None:
        return
    was = seen.setdefault(code, _Seen(is_sure=False))
    was.is_sure = was.is_sure or (is_sure and is_ours)
    was.lines.add(line)
    groups = {
        re.sub("_(single|typeset)$", "", name): clean(value)
        for name, value in match.groupdict().items()
        if value
    }
    was.places.append((line, advice, groups))


def _said(text: _Text) -> Iterator[tuple[str, re.Match[str]]]:
    """Matches of the library's own table and catalogue, one per line, in its order."""
    taken: set[int] = set()
    for row in refusals.TABLE:
        if not row.pattern or row is refusals.VAGUE:
            continue
        for match in _matches(row.pattern, text):
            part = text.part_of(match)
            if part not in taken:
                taken.add(part)
                yield row.code, match
    for match in _OWN_CODE.finditer(text):
        code = match[1] or match[2]
        if code in CATALOGUE and text.part_of(match) not in taken:
            yield code, match
    for code, opening in _OPENINGS.items():
        for match in _matches(opening, text):
            yield code, match


def _decide_between(seen: dict[str, _Seen]) -> None:
    """Drop codes from lines on which a more specific code was seen."""
    for better, worse in _INSTEAD:
        for code in worse:
            if better in seen and code in seen:
                _withdraw(code, seen[better].lines, seen)


def _withdraw(code: str, lines: set[int], seen: dict[str, _Seen]) -> None:
    was = seen[code]
    was.lines -= lines
    was.places = [place for place in was.places if place[0] in was.lines]
    if not was.lines:
        del seen[code]


def _by_sqlstate(text: _Text, seen: dict[str, _Seen]) -> None:
    """If nothing else was recognised, suspect the cause that an SQLSTATE stands for."""
    for match in _SQLSTATE.finditer(text):
        row = refusals.classify("", match[1].upper())
        if row is not refusals.UNKNOWN:
            seen.setdefault(row.code, _Seen(is_sure=False)).lines.add(text.line_of(match))


def _matches(pattern: str, text: _Text) -> Iterator[re.Match[str]]:
    return _compiled(pattern).finditer(text) if may_match(pattern, text.folded) else iter(())


@cache  # there are more patterns than `re` keeps
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace(" ", r"\s+"), re.IGNORECASE)


def _around(text: _Text, line: int) -> str:
    """The lines near one, which may contain the refused statement."""
    return "\n".join(text.lines[max(0, line - 6) : line + 6])


def _quote(line: str) -> str:
    """The line without what looks like a secret, or stands where one belongs."""
    masked = _SECRET_SETTING.sub(
        lambda match: f"{match['name']}{MASK}", clean(line[:_LOOKED_AT].strip())
    )
    return masked if len(masked) <= _QUOTED else f"{masked[:_QUOTED]}…"
