"""Finds causes in text written by other programs: errors, logs, start-up reports. No network.

Server messages are classified by the library's own table (`lakepass.refusals`); messages of the SDK,
drivers and programs are in `lakepass.doctor.signs`. General words, such as "connection
refused", count only if the text around them is about Postgres or the workspace.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cache

from lakepass import refusals
from lakepass.diagnoses import CATALOGUE, Diagnosis
from lakepass.diagnoses.diagnosis import filled
from lakepass.doctor.condensed import LONG, Condensed, condensed
from lakepass.doctor.expiry import REFUSED, expired_tokens
from lakepass.doctor.masking import masked
from lakepass.doctor.report import COLOURS, FORMAT_VERSION, Mark, clean, folded, painter
from lakepass.doctor.signs import CATALOGUE_ADVICE, SIGNS, Advice, Sign
from lakepass.doctor.signs.clients import client_of, in_terms_of
from lakepass.doctor.signs.context import (
    is_about,
    is_harmless,
    is_mentioned,
    is_of_postgres,
    without_markup,
)
from lakepass.doctor.signs.facts import facts_in, with_derived
from lakepass.doctor.signs.needles import windows
from lakepass.doctor.signs.precedence import FOLLOWS, FOLLOWS_BELOW, INSTEAD, NOTES, passed
from lakepass.doctor.text import Text, where
from lakepass.doctor.translations import in_english
from lakepass.doctor.unwrapped import narrow_reading, readings
from lakepass.errors import MASK, redact

_QUOTED = 100  # characters of a line that are shown

_SQLSTATE = re.compile(
    r"(?:sqlstate|\bcode|PostgresException \(0x\w{8}\):)\W{1,4}([0-9A-Z]{5})\b", re.IGNORECASE
)
# Codes of the standard, which other databases use as well.
_OF_ANY_DATABASE = re.compile(r"42501|28000|0A000|08(?!P)", re.IGNORECASE)
# At the end of our errors, or in one of our reports.
_OWN_CODE = re.compile(r"\[(LP-\d{3})\]|Root cause: (LP-\d{3})\b")
# One of our warnings: the title, then the cause. The title alone could be anyone's sentence.
_OPENINGS = {
    code: re.escape(f"{row.title} {' '.join(row.cause.split()[:3])}").replace(r"\ ", " ")
    for code, row in CATALOGUE.items()
}


@dataclass(frozen=True, slots=True)
class Recognised:
    """A cause found in a text. line: number of the first line, from 1. times: number of lines.

    follows: the code of the cause in the same text that this is a consequence of; then it is not
    certain by itself, and disappears with that cause.
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
    """The lines on which a code was found; of each match the line, the part of it (`Text.part_of`),
    where it begins, the advice and the names. covered: the parts that its matches are on."""

    is_sure: bool
    lines: set[int] = field(default_factory=set)
    covered: set[int] = field(default_factory=set)
    places: list[tuple[int, int, int, Advice, dict[str, str]]] = field(default_factory=list)

    @property
    def named(self) -> dict[str, str]:
        """The names found in its own message, those of the first match taking precedence."""
        named: dict[str, str] = {}
        for *_, groups in sorted(self.places, key=lambda place: place[0]):
            named = groups | named
        return named

    @property
    def advice(self) -> Advice:
        """The advice of the first match that has one."""
        special = [place for place in self.places if place[3] is not CATALOGUE_ADVICE]
        return min(special, key=lambda place: place[0])[3] if special else CATALOGUE_ADVICE

    @property
    def part(self) -> int:
        """The part of the text in which its first match is, from 0."""
        return min((part for _, part, *_ in self.places), default=0)

    @property
    def begins(self) -> int:
        """Where its first match begins."""
        return min((at for _, _, at, *_ in self.places), default=0)


def recognise(pasted: str) -> list[Recognised]:
    """The causes in a text: what is certain first, then what follows from it, then what makes nothing
    fail or is over, then suspicions; each in the order of the text."""
    whole = condensed(pasted)
    found = _recognised(whole)
    for reading in readings(whole) if len(whole.text) <= LONG or not _certain(found) else ():
        again = _recognised(reading)
        found = again if _certain(again) not in (set(), _certain(found)) else found
    if (narrow := narrow_reading(whole)) is not None:
        again = _recognised(narrow)
        found = again if _certain(again) - _certain(found) else found
    return found


def _certain(found: Iterable[Recognised]) -> set[str]:
    return {one.code for one in found if one.is_sure}


def _recognised(whole: Condensed) -> list[Recognised]:
    plain = without_markup(whole.text)
    english = in_english(plain)
    text = Text(english)
    seen = _seen_in(text)
    sure = {code for code, was in seen.items() if was.is_sure}
    named = facts_in(text) if seen else {}
    found = []
    for code, was in seen.items():
        follows = next((cause for cause in _causes_of(code, seen) if cause in sure), "")
        line = min(was.lines)
        advice = _for_client(code, was.advice, text.parts, was.part)
        facts = with_derived(named | was.named, _around(text, line))
        found.append(
            Recognised(
                code,
                *_words(CATALOGUE[code], advice, facts),
                is_sure=was.is_sure and not follows,
                line=whole.number_of(line),
                quote=_quote((plain, english), line),
                times=whole.times(was.lines),
                follows=follows,
            )
        )
    last = NOTES | passed(text.lines, {code: seen[code].lines for code in sure}) if found else NOTES
    return sorted(found, key=lambda one: (_rank(one, last), one.line, one.code))


def _rank(one: Recognised, last: AbstractSet[str]) -> int:
    """The place of a cause: those that fail something, consequences, those of `last`, suspicions."""
    if one.is_sure:
        return 2 if one.code in last else 0
    return 1 if one.follows else 3


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
    """The message for a cause in this text: title, cause, fix and commands."""
    lines = row.lines if advice.lines is None else advice.lines
    return (
        _sentence(advice.title, facts) or row.title,
        advice.cause or row.cause,
        _sentence(advice.fix, facts) or row.fix,
        tuple(redact(line) for line in filled(lines, facts)),
    )


def _for_client(code: str, advice: Advice, parts: Sequence[str], part: int) -> Advice:
    """The advice in terms of the driver or tool that the text is of."""
    client = client_of(parts, part + 1)
    lines = CATALOGUE[code].lines if advice.lines is None else advice.lines
    return in_terms_of(client, code, advice, lines) if client else advice


def _sentence(text: str, facts: Mapping[str, object]) -> str:
    return filled([text], facts)[0]


def _causes_of(code: str, seen: Mapping[str, _Seen]) -> list[str]:
    """The codes in the text that cause this one, in the order of the text."""
    causes = set(FOLLOWS.get(code, frozenset()) & seen.keys())
    below = FOLLOWS_BELOW.get(code, frozenset()) & seen.keys()
    causes |= {cause for cause in below if seen[cause].begins < seen[code].begins}
    return sorted(causes, key=lambda cause: (min(seen[cause].lines), cause))


def _seen_in(text: Text) -> dict[str, _Seen]:
    seen: dict[str, _Seen] = {}
    for code, match in _said(text):
        _see(seen, code, text, match, is_sure=True)
    for sign in SIGNS:
        if not sign.only_with and not sign.unless:
            _look_for(sign, text, seen)
    _look_for_unexplained(text, seen)
    _decide_between(seen)
    for sign in SIGNS:
        if sign.only_with and _is_there(sign.only_with, text, seen):
            _look_for(sign, text, seen)
    if "LP-114" in seen and seen["LP-114"].is_sure:
        seen.pop("LP-301", None)  # this was the cause
    if REFUSED & seen.keys():
        for match, is_sure, advice in expired_tokens(text):
            _see(seen, "LP-311", text, match, is_sure=is_sure, advice=advice)
    if not seen:
        _by_sqlstate(text, seen)
    return seen


def _look_for_unexplained(text: Text, seen: dict[str, _Seen]) -> None:
    """Look for the signs that do not count where their explanation is in the text (`unless`)."""
    sure = {code for code, was in seen.items() if was.is_sure}
    for sign in SIGNS:
        if sign.unless and sure.isdisjoint(sign.unless.split()):
            _look_for(sign, text, seen)


def _is_there(wanted: str, text: Text, seen: Mapping[str, _Seen]) -> bool:
    """Whether everything that a sign requires (`only_with`) is in the text."""
    sure = {code for code, was in seen.items() if was.is_sure}
    there = sure | ({"any"} if sure else set())
    return all(
        one in there or (one == "a principal" and text.names_a_principal)
        for one in wanted.split(" and ")
    )


def _look_for(sign: Sign, text: Text, seen: dict[str, _Seen]) -> None:
    for match in _matches(sign.pattern, text):
        _see(seen, sign.code, text, match, is_sure=sign.is_sure, advice=sign.advice)


def _see(
    seen: dict[str, _Seen],
    code: str,
    text: Text,
    match: re.Match[str],
    *,
    is_sure: bool,
    advice: Advice = CATALOGUE_ADVICE,
) -> None:
    """Record a match, unless the text around it is about something else."""
    line = text.line_of(match)
    part = text.part_of(match)
    if is_harmless(text.parts[part]):
        return
    is_ours = is_about(code, text.parts, part + 1)
    if not is_ours and is_about(code, text.parts, text.part_at(match.start()) + 1):
        is_ours = True  # what it begins with says of whom the message is
    if is_ours is None:
        return
    is_ours = is_ours and not is_mentioned(text.parts[part])
    was = seen.setdefault(code, _Seen(is_sure=False))
    was.is_sure = was.is_sure or (is_sure and is_ours)
    was.lines.add(line)
    was.covered |= {part, *text.parts_of(match)}
    groups = {
        re.sub("_(single|typeset)$", "", name): clean(value)
        for name, value in match.groupdict().items()
        if value
    }
    was.places.append((line, part, where(match), advice, groups))


def _said(text: Text) -> Iterator[tuple[str, re.Match[str]]]:
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
    """Drop codes from lines, or parts of them, on which a more specific code was seen."""
    for better, worse in INSTEAD:
        for code in worse:
            if better in seen and code in seen:
                _withdraw(code, seen[better].covered, seen)


def _withdraw(code: str, parts: set[int], seen: dict[str, _Seen]) -> None:
    was = seen[code]
    was.places = [place for place in was.places if place[1] not in parts]
    was.lines = {line for line, *_ in was.places}
    if not was.lines:
        del seen[code]


def _by_sqlstate(text: Text, seen: dict[str, _Seen]) -> None:
    """If nothing else was recognised, suspect the cause that an SQLSTATE stands for."""
    for match in _SQLSTATE.finditer(text):
        row = refusals.classify("", match[1].upper())
        # At a login it is the right to connect; in a log it is mostly a statement that was refused.
        code = "LP-606" if match[1] == "42501" else row.code
        if _OF_ANY_DATABASE.match(match[1]):
            row = row if is_of_postgres(text.parts, text.part_of(match) + 1) else refusals.UNKNOWN
        if row is not refusals.UNKNOWN:
            seen.setdefault(code, _Seen(is_sure=False)).lines.add(text.line_of(match))


def _matches(pattern: str, text: Text) -> Iterator[re.Match[str]]:
    for begin, end in windows(pattern, text.folded):
        yield from _compiled(pattern).finditer(text, begin, end)


@cache  # `re` caches fewer patterns than there are
def _compiled(pattern: str) -> re.Pattern[str]:
    spaced = pattern.replace(" ?", r"\s*").replace(" *", r"\s*").replace(" +", " ")
    return re.compile(spaced.replace(" ", r"\s+"), re.IGNORECASE)


def _around(text: Text, line: int) -> str:
    """The lines around one, which may contain the refused statement."""
    return "\n".join(text.lines[max(0, line - 6) : line + 6])


def _quote(texts: tuple[str, str], number: int) -> str:
    """The beginning of a line, with secrets masked; in English, if only there they were seen."""
    quotes = [clean(masked(text.split("\n"), number).strip()) for text in texts]
    line = max(quotes, key=lambda quote: quote.count(MASK))
    return line if len(line) <= _QUOTED else f"{line[:_QUOTED]}…"
