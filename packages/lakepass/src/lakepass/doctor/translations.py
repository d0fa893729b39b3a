"""Reads what Postgres says in other languages as if it had said it in English.

So each wording has to be known once. The messages are in `translations.json`, which
`bin/translations.py` makes from the catalogues of Postgres.
"""

import json
import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lakepass.doctor.signs.needles import lowered

_FILE = Path(__file__).with_name("translations.json")
_HOLE = re.compile(r"%(?:(\d+)\$)?[sduczm]")
_QUOTES = "\"'«»„“”‘’"
_QUOTE = rf"[{_QUOTES}]"
_IN_QUOTES = rf"[^{_QUOTES}\n]{{1,200}}?"
_NAME = r"[\w.$/-]{1,200}?(?: \w{1,60})??"
_SEVERITIES = {"ERROR", "FATAL", "NOTICE", "WARNING"}
_HOLE_OR_QUOTE = re.compile(rf"%(?:\d+\$)?[sduczm]|{_QUOTE}")
_WORD = re.compile(r"\w+")
_UNSPACED = "[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]"  # Japanese, Chinese, Korean
_WITHOUT_BLANKS = re.compile(_UNSPACED)
_LINE_WITHOUT_BLANKS = re.compile(f".*?{_UNSPACED}.*")


@dataclass(frozen=True)
class _Message:
    """A message in another language. word: its longest, in lower case; of a language without blanks
    between words, "" — there it is the longest part without holes."""

    english: str
    translated: str
    word: str
    part: str = ""

    def is_in(self, unspaced: str, words: AbstractSet[str]) -> bool:
        """Whether it may be in a text of these words and lines without blanks; few are."""
        return self.word in words if self.word else self.part in unspaced

    @property
    def pattern(self) -> re.Pattern[str]:
        return _compiled(self.translated, is_severity=self.english in _SEVERITIES)

    def in_english(self, match: re.Match[str]) -> str:
        """The message as it is in English, with the names and the line ends of the match."""
        numbers = iter(range(1, 10))
        text = _HOLE.sub(lambda hole: _held(match, int(hole[1] or next(numbers))), self.english)
        for end in re.findall(r"[\n\v]", match[0]):
            text = text.replace(" ", end, 1) if " " in text else text + end
        return text


def in_english(text: str) -> str:
    """The text with known messages in English, and names as they are. Lines do not change."""
    folded = lowered(text)
    words = set(_WORD.findall(folded))
    unspaced = "" if text.isascii() else "\n".join(_LINE_WITHOUT_BLANKS.findall(folded))
    for message in _messages():
        if message.is_in(unspaced, words):
            text = message.pattern.sub(message.in_english, text)
    return text


def _held(match: re.Match[str], number: int) -> str:
    return match.groupdict().get(f"hole{number}") or ""


@cache
def _messages() -> list[_Message]:
    """All messages, a longer one before those that it contains."""
    content = json.loads(_FILE.read_text("utf-8"))
    found = {
        _without_reason(translated.strip(), english.strip())
        for messages in content["messages"].values()
        for english, translated in messages.items()
    }
    return [_message(english, translated) for translated, english in sorted(found, key=_by_length)]


def _by_length(message: tuple[str, str]) -> tuple[int, str, str]:
    translated, english = message
    return -len(translated), translated, english


def _without_reason(translated: str, english: str) -> tuple[str, str]:
    """Both without the reason that they end with: that is a message of its own."""
    reasons = (": %s", ": %m")
    if english.endswith(reasons) and translated.endswith(reasons):
        return translated[:-3], english[:-3]
    return translated, english


def _message(english: str, translated: str) -> _Message:
    parts = _HOLE_OR_QUOTE.split(lowered(translated))
    if _WITHOUT_BLANKS.search(translated):
        return _Message(english, translated, "", max(parts, key=len).strip())
    words = [word for part in parts for word in _WORD.findall(part)]
    return _Message(english, translated, max(words, key=len))


@cache
def _compiled(translated: str, *, is_severity: bool) -> re.Pattern[str]:
    """The message as a pattern: blanks may be line ends, and quotes those of any language."""
    pattern, numbers, at = "", iter(range(1, 10)), 0
    blank = r"\s*" if _WITHOUT_BLANKS.search(translated) else r"\s+"
    for hole in _HOLE.finditer(translated):
        before, after = translated[at : hole.start()], translated[hole.end() :]
        pattern += _literally(before, blank)
        is_quoted = before.rstrip()[-1:] in _QUOTES and bool(before)
        inside = _IN_QUOTES if is_quoted else _NAME
        inside = inside if after or is_quoted else r"[\w.$/-]{1,200}"
        pattern += rf"(?P<hole{hole[1] or next(numbers)}>{inside})"
        at = hole.end()
    pattern += _literally(translated[at:], blank)
    whole = rf"(?<!\w){pattern}" if translated[:1].isascii() else pattern
    return re.compile(rf"{whole}(?=:)" if is_severity else whole, re.IGNORECASE)


def _literally(translated: str, blank: str) -> str:
    pattern = ""
    for part in re.findall(rf"{_QUOTE}|\s+|[^\s{_QUOTES}]+", translated):
        if part.isspace():
            pattern += blank
        else:
            pattern += _QUOTE if part in _QUOTES else re.escape(part)
    return pattern
