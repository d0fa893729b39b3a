"""Words that a reader stumbled over: they must not come back (CONTRIBUTING, 8)."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READ = sorted(
    path
    for pattern in (
        "packages/*/src/**/*.py", "packages/*/src/**/*.html", "packages/*/src/**/*.js",
        "packages/*/tests/**/*.py", "packages/*/docs/**/*.md", "docs/**/*.md", "*.md", "conftest.py",
        "bench/*.py", "bin/*.py", "tests/**/*.py", "tools/**/*.py",
    )
    for path in ROOT.glob(pattern)
    if "versions" not in path.parts and "htmx" not in path.parts and path != Path(__file__)
)  # fmt: skip
QUOTED = re.compile(r"`[^`]*`|^\|[^|]*\|[^|]*\|[^|]*\|$")
"""In prose: names in code, and the rows of CONTRIBUTING that say what we do not say."""

WORDS = {
    r"\bwhence\b": "from where, the source of",
    r"\bthrice\b": "three times",
    r"\bin[ _]vain\b": "without result",
    r"\bmend(ed|s|ing)?\b": "fix, correct",
    r"has not the schema": "does not have the schema",
    r"is no whole number": "is not a whole number",
    r"nobody vouches": "you are not signed in",
    r"none of this listing": "of another listing",
    r"\bnot open just now\b": "not available right now",
    r"\bmade ours\b": "converted",
    r"\banew\b": "again, new",
    r"\bjust now\b": "right now",
    r"\bgoes about\b": "executes, does",
    r"\bhas not the\b": "does not have the",
    r"\bcannot be told\b": "cannot be determined",
    r"\btold apart\b": "distinguished",
    r"\bof one's own\b": "of the caller, custom",
    r"\bis sought\b|\bare sought\b": "searched for, looked up",
    r"\bshall it\b|\bshall be\b": "should, will",
    r"\btold as\b": "reported as",
    r"\bbehave again\b": "clear the fault",
    r"\bso long from now on\b": "the lifetime of new ones",
    r"\bways? of delivery\b": "delivery method",
    r"\bwhole or not there\b|\bclosed to others\b": "atomically, readable only by its owner",
    r"\bways? in to\b|\bmakes? way\b": "host, is replaced by",
    r"\bwhat (became|came|has become) of\b|\bcomes of it\b": "the outcome, the result",
    r"\bas who (created|owns|manages)\b|\bhave who\b": "as the owner, have a manager",
    r"\bof its own accord\b": "automatically",
    r"\bfor ever\b": "forever, always",
    r"\bbelieved by\b": "trusted by",
    r"\b(nothing|something) came of\b": "that was not sent, that failed",
    r"\bunder way\b": "in progress",
    r"\bcomes? along\b": "is moved, is taken over",
}


def prose(path: Path, line: str) -> str:
    """Of documents in the root, the line without what it quotes."""
    is_quoting = path.parent == ROOT and path.suffix == ".md"
    return QUOTED.sub("", line) if is_quoting else line


@pytest.mark.parametrize("word", WORDS)
def test_a_word_stays_away(word: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in READ
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(word, prose(path, line), re.IGNORECASE)
    ]
    assert found == [], f"say: {WORDS[word]}"
