"""Text whose letters were read in another encoding than they were written in.

Consoles, above all those of Windows, and loggers do that to messages that are not in English.
"""

import re
from functools import partial

# A damaged letter that was not ASCII: one or two others, or question marks.
ANY_LETTER = r"(?:[^\x00-\x7f]{1,2}|\?{1,2})"
_LETTERS = "áàâäãåæçéèêëíìîïñóòôöõøúùûüýßœ«»"
# Code pages of Windows, of its programs and of its consoles: text in one is misread as the other.
_CODE_PAGES = ("cp1252", "cp850")
# UTF-8 is misread as one of these, in the west and where letters are Cyrillic.
_OF_PROGRAMS = ("cp1252", "cp1251")


def _read_as(code_page: str, numbers: range) -> str:
    """The characters of bytes in a code page; of those that it leaves out, as in Latin-1."""
    one_by_one = (bytes([number]) for number in numbers)
    return "".join(one.decode(code_page, "ignore") or one.decode("latin-1") for one in one_by_one)


def _misread_utf_8(code_page: str) -> re.Pattern[str]:
    """A word of UTF-8 that was read as a code page; genuine words of it are hardly ever like it."""
    first, others = _read_as(code_page, range(0xC2, 0xF5)), _read_as(code_page, range(0x80, 0xC0))
    letter = f"[{re.escape(first)}][{re.escape(others)}]{{1,3}}"
    return re.compile(rf"(?<![^\x00-\x7f])(?:{letter})+(?![^\x00-\x7f])")


_MISREAD = {code_page: _misread_utf_8(code_page) for code_page in _OF_PROGRAMS}
_TRACES = {
    letter.encode(one).decode(other, "replace")
    for letter in _LETTERS
    for one, other in (_CODE_PAGES, reversed(_CODE_PAGES))
    if letter.encode(one, "ignore")
} - set(_LETTERS)
# A letter that speaks of damage.
_DAMAGED = re.compile(rf"[\ufffd{re.escape(''.join(sorted(_TRACES)))}]|\w\?|\?\w")


def as_it_was_meant(text: str) -> str:
    """The text with words in UTF-8 that were read as a code page of Windows."""
    if text.isascii():
        return text
    for code_page, word in _MISREAD.items():
        text = word.sub(partial(_in_utf_8, code_page), text)
    return text


def _in_utf_8(code_page: str, match: re.Match[str]) -> str:
    try:
        return b"".join(_byte(one, code_page) for one in match[0]).decode()
    except UnicodeError:
        return match[0]


def _byte(character: str, code_page: str) -> bytes:
    try:
        return character.encode(code_page)
    except UnicodeEncodeError:
        return character.encode("latin-1")  # of the bytes that the code page leaves out


def shows_damage(text: str) -> bool:
    """Whether letters that are not ASCII may have been replaced: it holds what they become."""
    return _DAMAGED.search(text) is not None
