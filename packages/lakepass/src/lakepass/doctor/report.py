"""What the doctor found: the results of checks, the root cause among them, and their output."""

import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lakepass.diagnoses import CATALOGUE, Diagnosis
from lakepass.errors import redact

Paint = Callable[[str, str], str]  # a text and a colour number to the text in that colour

WIDTH = 80
FORMAT_VERSION = 1  # of the JSON: docs/doctor.schema.json


class Mark(StrEnum):
    """The result of a check."""

    GOOD = "good"
    NOTE = "note"  # it works for now
    BAD = "bad"
    SKIPPED = "skipped"


_SYMBOLS = {Mark.GOOD: "✓", Mark.NOTE: "!", Mark.BAD: "✗", Mark.SKIPPED: "·"}
_PLAIN_SYMBOLS = {Mark.GOOD: "ok", Mark.NOTE: "!", Mark.BAD: "X", Mark.SKIPPED: "-"}
COLOURS = {Mark.GOOD: "32", Mark.NOTE: "33", Mark.BAD: "31;1", Mark.SKIPPED: "2"}


@dataclass(frozen=True, slots=True)
class Fix:
    """How to fix a fault in this situation.

    advice: in words. lines: for a shell, in order; what belongs elsewhere is a comment.
    fill_in: where to find each value that only the user has; in `lines` it is written <name>.
    """

    advice: str
    lines: tuple[str, ...] = ()
    fill_in: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault or a note. facts: what was found. happened: the case in one sentence.

    tailored: the fix for this situation; if None, the catalogue's with the facts filled in.
    """

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)
    happened: str = ""
    tailored: Fix | None = None

    @property
    def diagnosis(self) -> Diagnosis:
        """Its row in the catalogue."""
        return CATALOGUE[self.code]

    @property
    def title(self) -> str:
        """What is wrong: in this case, or generally."""
        return self.happened or self.diagnosis.title

    @property
    def fix(self) -> Fix:
        """How to fix it."""
        row = self.diagnosis
        return self.tailored or Fix(row.fix, tuple(row.lines_for(self.facts)))

    def as_dict(self) -> dict[str, object]:
        """Plain values, for JSON."""
        fix = self.fix
        return {
            "code": self.code,
            "title": self.title,
            "cause": self.diagnosis.cause,
            "fix": fix.advice,
            "lines": list(fix.lines),
            "fill_in": dict(fix.fill_in),
            "source": self.diagnosis.source,
            "facts": {
                name: redact(", ".join(fact) if isinstance(fact, list) else str(fact))
                for name, fact in self.facts.items()
            },
        }


@dataclass(frozen=True, slots=True)
class Result:
    """One check. evidence: what was found, one line each. took_s: seconds."""

    check: str
    title: str
    evidence: tuple[str, ...]
    took_s: float
    faults: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    skipped: str = ""

    @property
    def mark(self) -> Mark:
        """The overall result."""
        if self.faults:
            return Mark.BAD
        if self.notes:
            return Mark.NOTE
        return Mark.SKIPPED if self.skipped else Mark.GOOD

    def as_dict(self) -> dict[str, object]:
        """Plain values, for JSON."""
        return {
            "check": self.check,
            "mark": self.mark.value,
            "evidence": list(self.evidence),
            "skipped": self.skipped or None,
            "took_ms": round(self.took_s * 1000),
            "faults": [finding.as_dict() for finding in self.faults],
            "notes": [finding.as_dict() for finding in self.notes],
        }


# The first of these causes the others. Otherwise the earliest fault is the root cause.
EXPLAINS: Mapping[str, frozenset[str]] = {
    "LP-104": frozenset({"LP-123", "LP-135", "LP-403", "LP-408", "LP-505", "LP-506", "LP-507"}),
    "LP-135": frozenset({"LP-408", "LP-409", "LP-505", "LP-506", "LP-507"}),
    "LP-136": frozenset({"LP-204", "LP-118"}),
    "LP-137": frozenset({"LP-301", "LP-307", "LP-308"}),
    "LP-138": frozenset({"LP-606", "LP-609", "LP-610"}),
    "LP-411": frozenset({"LP-506", "LP-507"}),
    "LP-505": frozenset({"LP-123"}),
    "LP-216": frozenset({"LP-207", "LP-212", "LP-306", "LP-307", "LP-308", "LP-311", "LP-408"}),
    "LP-701": frozenset({"LP-101", "LP-123", "LP-213", "LP-217", "LP-304", "LP-308", "LP-310"}),
    "LP-702": frozenset(
        {"LP-123", "LP-135", "LP-211", "LP-303", "LP-304", "LP-308", "LP-310", "LP-401", "LP-505"}
    ),
    "LP-703": frozenset({"LP-101", "LP-131"}),
}


@dataclass(frozen=True, slots=True)
class Report:
    """All results, in the order of the checks."""

    results: tuple[Result, ...]

    @property
    def faults(self) -> tuple[Finding, ...]:
        """What is broken, in the order of the checks; each once, where it was found first."""
        return _once([result.faults for result in self.results])

    @property
    def notes(self) -> tuple[Finding, ...]:
        """What works for now; nothing that is also a fault."""
        broken = {fault.code for fault in self.faults}
        noted = _once([result.notes for result in self.results])
        return tuple(note for note in noted if note.code not in broken)

    @property
    def roots(self) -> tuple[Finding, ...]:
        """The faults that are not caused by another fault, in the order of the checks."""
        codes = {fault.code for fault in self.faults}
        explained = {code for root in codes for code in EXPLAINS.get(root, ())}
        return tuple(fault for fault in self.faults if fault.code not in explained)

    @property
    def root_cause(self) -> Finding | None:
        """The fault to fix first."""
        return self.roots[0] if self.roots else None

    @property
    def is_healthy(self) -> bool:
        """No fault was found."""
        return not self.faults

    def as_dict(self) -> dict[str, object]:
        """Plain values, for JSON: docs/doctor.schema.json."""
        root = self.root_cause
        return {
            "version": FORMAT_VERSION,
            "healthy": self.is_healthy,
            "root_cause": root.as_dict() if root else None,
            "also": [fault.as_dict() for fault in self.roots[1:]],
            "notes": [note.as_dict() for note in self.notes],
            "checks": [result.as_dict() for result in self.results],
        }

    def lines(
        self, *, colour: bool = False, plain: bool = False, verbose: bool = False
    ) -> list[str]:
        """A readable report, 80 columns wide: the verdict and the fix, then every step.

        plain: for terminals that only support ASCII. verbose: with the details of each step.
        """
        paint = painter(colour=colour)
        lines = [*_verdict(self, paint), "", "Steps:"]
        for result in self.results:
            lines += _step(result, paint, plain=plain, verbose=verbose)
        if not verbose:
            lines += ["", "Details of each step: lakepass doctor --verbose"]
        return [in_ascii(line) for line in lines] if plain else lines


def _once(by_check: list[tuple[Finding, ...]]) -> tuple[Finding, ...]:
    """Findings without duplicate codes: those of the first check that made one."""
    kept: dict[tuple[str, str], Finding] = {}
    for findings in by_check:
        earlier = {code for code, _ in kept}
        for finding in findings:
            if finding.code not in earlier:
                kept.setdefault((finding.code, finding.title), finding)
    return tuple(kept.values())


_TO_ASCII = str.maketrans({"“": '"', "”": '"', "…": "...", "–": "-", "·": "-"})


def in_ascii(line: str) -> str:
    """The line in ASCII, for terminals without Unicode."""
    return line.translate(_TO_ASCII).encode("ascii", "replace").decode()


def clean(text: str) -> str:
    """A text from elsewhere, with secrets masked and terminal control sequences removed."""
    return "".join(one if one.isprintable() else " " for one in redact(text))


def painter(*, colour: bool) -> Paint:
    """A function that colours text with ANSI codes, or one that does not change it."""
    if not colour:
        return lambda text, _: text
    return lambda text, code: f"\x1b[{code}m{text}\x1b[0m"


def _step(result: Result, paint: Paint, *, plain: bool, verbose: bool) -> Iterator[str]:
    """The line of a check, its findings below it, and its evidence if verbose."""
    mark = result.mark
    symbol = (_PLAIN_SYMBOLS if plain else _SYMBOLS)[mark]
    took = "" if mark is Mark.SKIPPED else f"{result.took_s * 1000:.0f} ms"
    yield f"{paint(f'{symbol:<2}', COLOURS[mark])} {result.title:<{WIDTH - 12}} {took:>8}".rstrip()
    seen = list(result.evidence) if verbose else []
    if result.skipped and (verbose or result.faults or result.notes):
        seen.append(f"not tried: {result.skipped}")
    seen += [f"{finding.code} {finding.title}" for finding in (*result.faults, *result.notes)]
    for line in seen:
        yield from folded(line, "   ", hanging="     ")


def _verdict(report: Report, paint: Paint) -> Iterator[str]:
    root = report.root_cause
    if root is None:
        but = " What works only in part is noted below." if report.notes else ""
        yield paint("Healthy.", COLOURS[Mark.GOOD]) + f" No fault was found.{but}"
    else:
        yield paint(f"Root cause: {root.code}", COLOURS[Mark.BAD])
        yield from explained(root)
        for other in report.roots[1:]:
            yield ""
            yield f"Also: {other.code}"
            yield from explained(other)
    for note in report.notes:
        yield ""
        yield paint(f"Note: {note.code}", COLOURS[Mark.NOTE])
        yield from explained(note)


def explained(finding: Finding) -> Iterator[str]:
    """Title, cause and fix, wrapped; the lines to copy are not wrapped."""
    fix = finding.fix
    yield from folded(finding.title, "  ")
    yield from folded(finding.diagnosis.cause, "  ")
    yield from folded(f"Fix: {fix.advice}", "  ", hanging="       ")
    if fix.lines:
        yield ""
        yield from (f"    {line}" for line in fix.lines)  # never wrapped: to be copied
    if fix.fill_in:
        yield ""
        for name, where in fix.fill_in.items():
            yield from folded(f"<{name}>: {where}", "    ", hanging="      ")


def folded(text: str, indent: str, *, hanging: str | None = None) -> list[str]:
    """A text wrapped into lines, with secrets masked."""
    return textwrap.wrap(
        redact(text),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=hanging or indent,
        break_on_hyphens=False,
    )
