"""Personal data in queries, masked before a query is stored, because people paste anything."""

import re
import unicodedata

_EMAIL = re.compile(r"\S+@\S+")
# Seven digits or more with only a few signs between them: telephone numbers have seven to fifteen
# (ITU-T E.164), payment cards twelve to nineteen (ISO/IEC 7812). Sizes, years and prices have fewer.
_NUMBER = re.compile(r"[+(]*\d(?:[\W_]{0,3}\d){6,}")


def masked(query: str) -> str:
    """The query with ``[e-mail]`` and ``[number]`` for e-mail addresses, card and telephone numbers.

    Full-width and other compatibility characters are treated as their plain equivalents.
    """
    plain = unicodedata.normalize("NFKC", query)
    return _NUMBER.sub("[number]", _EMAIL.sub("[e-mail]", plain))
