"""Causes in a text of someone else's making: an error that was pasted, a log, a start-up report.

What servers say is classified by the library's own table (`lakepass.refusals`); the signs here are
what the SDK, other drivers (JDBC, node-postgres, psql) and programs add to it. No network.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lakepass import refusals
from lakepass.diagnoses import CATALOGUE
from lakepass.doctor.patient import MISTAKEN_DATABASES, role_facts
from lakepass.doctor.report import (
    COLOURS,
    FORMAT_VERSION,
    Finding,
    Mark,
    clean,
    explained,
    folded,
    painter,
)
from lakepass.errors import MASK
from lakepass.target.settings import DEFAULT_DATABASE

_LOOKED_AT = 4000  # characters of a line that are masked …
_QUOTED = 100  # … and shown


_MISTAKEN = "|".join(MISTAKEN_DATABASES)


@dataclass(frozen=True, slots=True)
class Sign:
    """What gives a diagnosis away; blanks in the pattern match line breaks, too.

    is_sure: else there may be other reasons for it. only_with: a code that must be there as well.
    """

    code: str
    pattern: str
    is_sure: bool = True
    only_with: str = ""


SIGNS = (
    Sign("LP-111", r"more than one authorization method configured"),
    Sign("LP-118", r"cannot configure default credentials"),
    Sign("LP-114", r"PASSWORD\W{1,3}dapi|password\W{1,3}dapi|://[^\s:/@]*:dapi"),
    Sign("LP-114", r"\bPAT\b|personal access token|\bdapi", only_with="LP-301"),
    Sign("LP-114", r"OAuth tokens are not available for pat", is_sure=False),
    Sign("LP-121", r"(database instance|scope) \S+ does not exist|DatabaseInstance not found"),
    Sign("LP-121", r"\b(project|branch|endpoint|role|database) id not found|secret does not exist"),
    Sign("LP-124", r"Field '\w+' is required"),
    Sign("LP-131", r"DATABRICKS_CLIENT_(ID is set, but|SECRET is set, but)"),
    Sign("LP-133", r"(translate host name \"|ENOTFOUND |UnknownHostException: )[^\s\"]*@"),
    Sign("LP-133", r"postgres(ql)?(\+\w+)?://[^\s/@]*@[^\s/@]*@"),
    Sign("LP-134", r"PASSWORD is set, but empty"),
    Sign("LP-136", r"no attribute 'postgres'|No module named 'databricks\.sdk\.service\.postgres'"),
    Sign("LP-137", r"[\w-]+-pooler\.", is_sure=False, only_with="LP-301"),
    Sign("LP-138", r"cannot execute [\w ]+ in a read-only transaction"),
    Sign("LP-139", r"(?<!`)\bssl(mode)?\W{1,4}require\b", is_sure=False),  # not a server's advice
    Sign("LP-141", r"://[^\s:/@]*:eyJ"),
    Sign("LP-143", r"password\W{1,4}(\$[{(]|bearer )|://[^\s:/@]*:\$[{(]", is_sure=False),
    Sign("LP-202", r"RESOURCE_EXHAUSTED|TEMPORARILY_UNAVAILABLE|too many requests"),
    Sign("LP-203", r"max retries exceeded with url|failed to establish a new connection"),
    Sign("LP-211", r"invalid_client|unauthorized_client|client authentication failed"),
    Sign("LP-212", r"invalid access token|401 unauthorized|\bUNAUTHENTICATED\b"),
    Sign("LP-213", r"PERMISSION_DENIED|users without workspace-access", is_sure=False),
    Sign("LP-214", r"No API found for '[^']*'|/api/2\.0/token/generate"),
    Sign("LP-215", r"blocked by Databricks IP ACL|Unauthorized network access to workspace"),
    Sign("LP-216", r"token is not yet (ready|valid)"),
    Sign("LP-217", r"does not have required scopes"),
    Sign("LP-303", r"\buser(name)?\W{1,4}[\w.+-]+@[\w-]", is_sure=False, only_with="a principal"),
    Sign("LP-305", r"no password (supplied|was provided)|password must be a string"),
    Sign("LP-401", rf"\b(database|dbname)\W{{1,4}}({_MISTAKEN})\b", is_sure=False),
    Sign("LP-401", rf"postgres(ql)?(\+\w+)?://\S+/({_MISTAKEN})\b", is_sure=False),
    Sign("LP-408", r"PKIX path building|self[- ]signed certificate|SELF_SIGNED_CERT"),
    Sign("LP-408", r"UNABLE_TO_(VERIFY|GET_ISSUER)\w+|unable to verify the first certificate"),
    Sign("LP-408", r"ERR_TLS_CERT_ALTNAME|verified by hostname|no subject alternative"),
    Sign("LP-408", r"root certificate file \S+ does not exist"),
    Sign("LP-505", r"\bENOTFOUND\b|EAI_AGAIN|UnknownHostException|nodename nor servname"),
    Sign("LP-506", r"\bETIMEDOUT\b|connect timed out"),
    Sign("LP-507", r"\bECONNREFUSED\b|\bECONNRESET\b|connection terminated unexpectedly"),
    Sign("LP-509", r"QueuePool limit|couldn't get a connection after|pool is exhausted"),
    Sign("LP-601", r"schema \S+ does not exist"),
    Sign("LP-604", r"must be owner of"),
    Sign("LP-606", r"permission denied for (schema|table|sequence|relation|view|function)"),
)  # fmt: skip

# Where the first is seen on a line, the second is not what the line says.
_INSTEAD = {
    "LP-133": "LP-505",
    "LP-215": "LP-404",
    "LP-216": "LP-306",
    "LP-408": "LP-409",
    "LP-509": "LP-506",
}
# A login that is not refused for its role yet: who signs in, told by a start-up report.
_PRINCIPAL = re.compile(r"service principal\W{1,4}\S* ?(available|applies|set)", re.IGNORECASE)
_SQLSTATE = re.compile(r"(?:sqlstate|\bcode)\W{1,4}([0-9A-Z]{5})\b", re.IGNORECASE)
_OWN_CODE = re.compile(r"\bLP-\d{3}\b")
_SECRET_SETTING = re.compile(
    r"(?P<name>\w*(?:password|passwd|pwd|secret|token|api_?key)['\"]?\s*[=:]\s*"
    r"|authorization['\"]?\s*[=:]\s*['\"]?\w+\s+)"
    r"(?P<value>'[^']*'|\"[^\"]*\"|[^\s'\"&,;)]+)",
    re.IGNORECASE,
)
# What fills in the lines of a mend.
_FACTS = {
    "role": re.compile(r"(?:role|for user|user) ['\"]([^'\"\s]{1,63})['\"]", re.IGNORECASE),
    "host": re.compile(r"\b((?:ep|instance)-[a-z0-9-]+(?:\.[a-z0-9-]+)+)", re.IGNORECASE),
    "schema": re.compile(r"for schema \"?(\w+)", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Recognised:
    """A cause that a text gives away. line: where first, from 1. times: how often."""

    finding: Finding
    is_sure: bool
    line: int
    quote: str
    times: int = 1

    def as_dict(self) -> dict[str, object]:
        """Plain values, for JSON."""
        return {
            **self.finding.as_dict(),
            "certain": self.is_sure,
            "line": self.line,
            "quote": self.quote,
            "times": self.times,
        }


@dataclass(slots=True)
class _Seen:
    """Where a code was seen, by number of line."""

    is_sure: bool
    lines: set[int] = field(default_factory=set)


class _Text(str):
    """A text that knows its lines, to tell quickly on which one something stands."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._ends = [match.start() for match in re.finditer("\n", text)]

    def line_of(self, match: re.Match[str]) -> int:
        """The number of the line that a match begins on, from 1."""
        return bisect_left(self._ends, match.start()) + 1


def recognise(pasted: str) -> list[Recognised]:
    """The causes in a text, what is sure first, each in the order of the text."""
    text = _Text(pasted)
    lines = pasted.split("\n")
    facts = _facts_in(text)
    seen = _seen_in(text)
    found = [
        Recognised(
            Finding(code, facts),
            was.is_sure,
            min(was.lines),
            _quote(lines[min(was.lines) - 1]),
            len(was.lines),
        )
        for code, was in seen.items()
    ]
    return sorted(found, key=lambda one: (not one.is_sure, one.line, one.finding.code))


def lines(found: list[Recognised], *, colour: bool = False) -> list[str]:
    """What was recognised, to read, 80 columns wide."""
    paint = painter(colour=colour)
    told: list[str] = []
    for one in found:
        certain = "" if one.is_sure else " (suspected)"
        where = f"line {one.line}" + (f" and {one.times - 1} more" if one.times > 1 else "")
        told += [paint(f"{one.finding.code}{certain}", COLOURS[Mark.BAD]) + f" in {where}"]
        told += [*folded(one.quote, "  | "), *explained(one.finding), ""]
    return told[:-1]


def as_dict(found: list[Recognised]) -> dict[str, object]:
    """Plain values, for JSON."""
    return {"version": FORMAT_VERSION, "recognised": [one.as_dict() for one in found]}


def _seen_in(text: _Text) -> dict[str, _Seen]:
    seen: dict[str, _Seen] = {}
    for code, line in _said(text):
        seen.setdefault(code, _Seen(is_sure=True)).lines.add(line)
    context = {*seen, *(["a principal"] if _PRINCIPAL.search(text) else [])}
    for sign in SIGNS:
        if sign.only_with and sign.only_with not in context:
            continue
        for match in _matches(sign.pattern, text):
            was = seen.setdefault(sign.code, _Seen(sign.is_sure))
            was.is_sure = was.is_sure or sign.is_sure
            was.lines.add(text.line_of(match))
    for code, instead in _INSTEAD.items():
        if code in seen and instead in seen:
            _withdraw(instead, seen[code].lines, seen)
    if "LP-114" in seen and seen["LP-114"].is_sure:
        seen.pop("LP-301", None)  # this is what it was
    if not seen:
        _by_sqlstate(text, seen)
    return seen


def _said(text: _Text) -> Iterator[tuple[str, int]]:
    """What the library's table and catalogue know, one row a line, as the library would decide."""
    taken: set[int] = set()
    for row in refusals.TABLE:
        if not row.pattern or row is refusals.VAGUE:
            continue
        for match in _matches(row.pattern, text):
            line = text.line_of(match)
            if line not in taken:
                taken.add(line)
                yield row.code, line
    for match in _OWN_CODE.finditer(text):
        if match[0] in CATALOGUE and text.line_of(match) not in taken:
            yield match[0], text.line_of(match)
    for code, diagnosis in CATALOGUE.items():
        for match in _matches(re.escape(diagnosis.title).replace(r"\ ", " "), text):
            yield code, text.line_of(match)


def _withdraw(code: str, lines: set[int], seen: dict[str, _Seen]) -> None:
    seen[code].lines -= lines
    if not seen[code].lines:
        del seen[code]


def _by_sqlstate(text: _Text, seen: dict[str, _Seen]) -> None:
    """With nothing else to go by, a code of Postgres lets suspect something."""
    for match in _SQLSTATE.finditer(text):
        row = refusals.classify("", match[1].upper())
        if row is not refusals.UNKNOWN:
            seen.setdefault(row.code, _Seen(is_sure=False)).lines.add(text.line_of(match))


def _matches(pattern: str, text: str) -> Iterator[re.Match[str]]:
    return re.finditer(pattern.replace(" ", r"\s+"), text, re.IGNORECASE)


def _quote(line: str) -> str:
    """The line without what looks like a secret, or stands where one belongs."""
    masked = _SECRET_SETTING.sub(
        lambda match: f"{match['name']}{MASK}", clean(line[:_LOOKED_AT].strip())
    )
    return masked if len(masked) <= _QUOTED else f"{masked[:_QUOTED]}…"


def _facts_in(text: str) -> Mapping[str, object]:
    facts: dict[str, object] = {"there": DEFAULT_DATABASE, "database": DEFAULT_DATABASE}
    for name, pattern in _FACTS.items():
        if match := pattern.search(text):
            facts[name] = clean(match[1])
    return facts | role_facts(str(facts["role"]) if "role" in facts else None)
