"""Reads what Postgres says in other languages as if it had said it in English.

So each wording has to be known once. The messages are in `translations.json`, which
`bin/translations.py` makes from the catalogues of Postgres. Messages whose letters a console or a
logger damaged (`lakepass.doctor.misread`) are read as well.
"""

import json
import re
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lakepass.doctor.misread import ANY_LETTER, as_it_was_meant, shows_damage
from lakepass.doctor.signs.needles import lowered

_FILE = Path(__file__).with_name("translations.json")
_HOLE = re.compile(r"%(?:(\d+)\$)?(?:l*[du]|zu|[scm])")
_QUOTES = "\"'«»„“”‘’"
_QUOTE = rf"[{_QUOTES}]"
_IN_QUOTES = rf"[^{_QUOTES}\n]{{1,200}}?"
_NAME = r"[\w.$/-]{1,200}?(?: \w{1,60})??"
_SEVERITIES = {"ERROR", "FATAL", "NOTICE", "WARNING"}
_NO_TEXT = re.compile(rf"%s|{_QUOTE}")  # after each hole was made %s
_WORD = re.compile(r"\w+")
_UNSPACED = "[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]"  # Japanese, Chinese, Korean
_WITHOUT_BLANKS = re.compile(_UNSPACED)
_LINE_WITHOUT_BLANKS = re.compile(f".*?{_UNSPACED}.*")
_ASCII_WORD = re.compile(r"[a-z0-9_]+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_MOSTLY = 4  # times as many letters are ASCII as are not, where damage leaves a message readable
_SAMPLE = 500  # lines by which the encoding of a text is found out
# Of programs and consoles, in the order in which a text is tried: strict ones first.
_ENCODINGS = (
    *("cp932", "gbk", "big5", "cp949", "cp1251", "cp866", "koi8-r", "cp1252", "cp850", "cp1250"),
    *("cp1253", "cp1254", "cp1255"),
)


@dataclass(frozen=True)
class _Message:
    """A message in another language. word: its longest, in lower case; of a language without blanks
    between words, "" — there it is the longest part without holes. ascii_word: its longest in ASCII,
    by which it is found when other letters are damaged; "" where too little is left then."""

    english: str
    translated: str
    word: str
    part: str = ""
    ascii_word: str = ""

    def is_in(self, unspaced: str, words: AbstractSet[str]) -> bool:
        """Whether it may be in a text of these words and lines without blanks; few are."""
        return self.word in words if self.word else self.part in unspaced

    @property
    def pattern(self) -> re.Pattern[str]:
        return _compiled(self.translated, is_severity=self.english in _SEVERITIES)

    @property
    def damaged_pattern(self) -> re.Pattern[str]:
        return _compiled(self.translated, is_severity=self.english in _SEVERITIES, is_damaged=True)

    def in_english(self, match: re.Match[str]) -> str:
        """The message as it is in English, with the names and the line ends of the match."""
        numbers = iter(range(1, 10))
        text = _HOLE.sub(lambda hole: _held(match, int(hole[1] or next(numbers))), self.english)
        for end in re.findall(r"[\n\v]", match[0]):
            text = text.replace(" ", end, 1) if " " in text else text + end
        return text


def in_english(text: str) -> str:
    """The text with known messages in English, and names as they are. Lines do not change."""
    text = as_it_was_meant(text)
    folded = lowered(text)
    words = set(_WORD.findall(folded))
    unspaced = "" if text.isascii() else "\n".join(_LINE_WITHOUT_BLANKS.findall(folded))
    for message in _messages():
        if message.is_in(unspaced, words):
            text = message.pattern.sub(message.in_english, text)
    return _undamaged(text) if shows_damage(text) else text


def in_its_encoding(text: bytes) -> str | None:
    """The text in the first of the usual encodings in which it holds a known message; None: in none."""
    sample = b"\n".join([line for line in text.splitlines() if not line.isascii()][:_SAMPLE])
    for encoding in _ENCODINGS:
        with suppress(UnicodeDecodeError):
            read = sample.decode(encoding)
            if in_english(read) != read:
                return text.decode(encoding, errors="replace")
    return None


def _undamaged(text: str) -> str:
    """The text with messages in English of which letters that are not ASCII were replaced."""
    words = set(_ASCII_WORD.findall(lowered(text)))
    for message in _messages():
        if message.ascii_word in words:
            text = message.damaged_pattern.sub(message.in_english, text)
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
        for english, wordings in messages.items()
        for translated in wordings
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
    parts = _NO_TEXT.split(lowered(_HOLE.sub("%s", translated).replace("%%", "%")))
    if _WITHOUT_BLANKS.search(translated):
        return _Message(english, translated, "", max(parts, key=len).strip())
    words = [word for part in parts for word in _WORD.findall(part)]
    return _Message(english, translated, max(words, key=len), ascii_word=_ascii_word(translated))


def _ascii_word(translated: str) -> str:
    """The longest word of ASCII, if the message has other letters, too, and is mostly ASCII."""
    text = lowered(_HOLE.sub("", translated))
    words = _ASCII_WORD.findall(text)
    others = len(_NOT_ASCII.findall(text))
    return max(words, key=len) if others and sum(map(len, words)) > _MOSTLY * others else ""


@cache
def _compiled(translated: str, *, is_severity: bool, is_damaged: bool = False) -> re.Pattern[str]:
    """The message as a pattern: blanks may be line ends, and quotes those of any language."""
    pattern, numbers, at = "", iter(range(1, 10)), 0
    blank = r"\s*" if _WITHOUT_BLANKS.search(translated) else r"\s+"
    for hole in _HOLE.finditer(translated):
        before, after = translated[at : hole.start()], translated[hole.end() :]
        pattern += _literally(before, blank, is_damaged=is_damaged)
        is_quoted = before.rstrip()[-1:] in _QUOTES and bool(before)
        inside = _IN_QUOTES if is_quoted else _NAME
        inside = inside if after or is_quoted else r"[\w.$/-]{1,200}"
        pattern += rf"(?P<hole{hole[1] or next(numbers)}>{inside})"
        at = hole.end()
    pattern += _literally(translated[at:].replace("%%", "%"), blank, is_damaged=is_damaged)
    whole = rf"(?<!\w){pattern}" if translated[:1].isascii() else pattern
    return re.compile(rf"{whole}(?=:)" if is_severity else whole, re.IGNORECASE)


def _literally(translated: str, blank: str, *, is_damaged: bool) -> str:
    pattern = ""
    for part in re.findall(rf"{_QUOTE}|\s+|[^\s{_QUOTES}]+", translated):
        if part.isspace():
            pattern += rf"(?:{blank}|{ANY_LETTER})?" if is_damaged else blank
        elif part in _QUOTES:
            pattern += rf"(?:{_QUOTE}|{ANY_LETTER})" if is_damaged else _QUOTE
        else:
            literal = re.escape(part)
            pattern += _NOT_ASCII.sub(lambda _: ANY_LETTER, literal) if is_damaged else literal
    return pattern
