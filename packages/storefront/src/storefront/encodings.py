"""The Unicode encoding of a file that people send, by its first bytes."""

import codecs

# Longest first: the BOM of UTF-32 starts with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FEW = 3


def encoding_of(start: bytes) -> str | None:
    """By the byte order mark, or by the zeros of Latin letters in UTF-16; None: perhaps UTF-8.

    start: some thousand bytes of the file, or all of it.
    """
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    even, odd = start[::2].count(0), start[1::2].count(0)
    few = max(_FEW, len(start) // 20)
    if max(even, odd) > few >= min(even, odd):
        return "utf-16-le" if odd > even else "utf-16-be"
    return None
