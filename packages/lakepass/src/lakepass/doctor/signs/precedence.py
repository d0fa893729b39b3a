"""Of several causes seen in one text, which counts: the more specific, and what brings about what."""

import re
from collections.abc import Mapping, Sequence

from lakepass.diagnoses import CATALOGUE

# If the first is found on a line, the second does not apply to it.
INSTEAD = (
    ("LP-103", ("LP-124",)),
    ("LP-104", ("LP-505", "LP-506", "LP-507")),
    ("LP-108", ("LP-408",)),
    ("LP-112", ("LP-118",)),
    ("LP-132", ("LP-118",)),
    ("LP-118", ("LP-212",)),
    ("LP-121", ("LP-124", "LP-213")),
    ("LP-133", ("LP-145", "LP-505", "LP-506")),
    ("LP-143", ("LP-141",)),
    ("LP-201", ("LP-506",)),
    ("LP-202", ("LP-203",)),
    ("LP-203", ("LP-408", "LP-409", "LP-505", "LP-506", "LP-507", "LP-212")),
    ("LP-212", ("LP-213",)),
    ("LP-215", ("LP-404", "LP-213")),
    ("LP-216", ("LP-306",)),
    ("LP-217", ("LP-213",)),
    # The class of a refused password, in front of what the server says about it.
    *((f"LP-{number}", ("LP-308",)) for number in range(301, 308)),
    ("LP-402", ("LP-404", "LP-409", "LP-413")),
    ("LP-407", ("LP-503",)),
    ("LP-408", ("LP-409",)),
    ("LP-411", ("LP-501",)),
    ("LP-505", ("LP-506", "LP-507")),
    ("LP-509", ("LP-506", "LP-502")),
    ("LP-506", ("LP-507",)),
    ("LP-612", ("LP-506",)),
    ("LP-507", ("LP-409",)),
    ("LP-609", ("LP-604",)),
)
# Without a token there is no password, or only the last one, which expires: causes of failed mints.
_NO_TOKEN = frozenset({"LP-111", "LP-112", "LP-118", "LP-131", "LP-132"}) | {
    f"LP-{number}" for number in range(201, 219)
}
_NO_LOGIN = frozenset(
    {f"LP-{number}" for number in (*range(101, 147), *range(201, 220), *range(301, 415))}
) | {"LP-501", "LP-502", "LP-503", "LP-505", "LP-506", "LP-507", "LP-510", "LP-511", "LP-704"}
# The codes on the right cause messages that look like the code on the left.
FOLLOWS: Mapping[str, frozenset[str]] = {
    "LP-402": frozenset(  # libpq retries without TLS what was refused with TLS
        {"LP-301", "LP-302", "LP-303", "LP-304", "LP-306", "LP-307", "LP-308", "LP-401", "LP-403"}
        | {"LP-108", "LP-408", "LP-409"}
    ),
    "LP-306": frozenset({"LP-311"}),
    "LP-307": frozenset({"LP-311"}),
    "LP-308": frozenset({"LP-137", "LP-143", "LP-311"}) | _NO_TOKEN,
    "LP-301": frozenset({"LP-137", "LP-143"}),
    "LP-310": frozenset({"LP-304", "LP-309", "LP-402", "LP-403", "LP-404", "LP-501"}),  # P1010
    "LP-504": frozenset(code for code in CATALOGUE if code[3] in "34" or code == "LP-503")
    | {"LP-505", "LP-506", "LP-507", "LP-510"},
    "LP-201": frozenset({"LP-202", "LP-203"}),
    "LP-409": frozenset({"LP-408"}),
    "LP-502": frozenset({"LP-505"}),  # clients wait at a pooler that finds no server
    "LP-506": frozenset({"LP-612"}),
    "LP-507": frozenset(
        {"LP-402", "LP-407", "LP-408", "LP-411", "LP-501", "LP-502", "LP-503", "LP-510"}
    ),
    "LP-509": _NO_LOGIN,
    "LP-601": frozenset({"LP-610"}),
    "LP-608": frozenset({"LP-606", "LP-609", "LP-610", "LP-601"}) | _NO_LOGIN,
    "LP-611": frozenset(code for code in CATALOGUE if code != "LP-611"),
    "LP-118": frozenset({"LP-111", "LP-112", "LP-132"}),
}
# The same, where the cause comes earlier in the text: a password is missing because none could be
# minted, and a server that refused a login closes the connection.
FOLLOWS_BELOW: Mapping[str, frozenset[str]] = {
    "LP-305": _NO_TOKEN,
    "LP-306": _NO_TOKEN,
    "LP-307": _NO_TOKEN,
    "LP-507": frozenset({f"LP-{number}" for number in range(301, 311)} | {"LP-401", "LP-404"}),
}

# What is not as it should be, but makes nothing fail: it comes after what does.
NOTES = frozenset({"LP-139", "LP-140", "LP-141"})
# What passes: it is over once the log says so.
_PASSES = frozenset(
    {"LP-201", "LP-202", "LP-501", "LP-502", "LP-503", "LP-505", "LP-506", "LP-507"}
)
_IS_OVER = re.compile(
    r"(?<!not )(?<!never )(?<!yet )\b(?:re)?connected\b(?! (?:party|host))|\brecovered\b"
    r"|\bconnection (?:was )?(?:established|restored|succeeded)\b",
    re.IGNORECASE,
)


def passed(lines: Sequence[str], found: Mapping[str, set[int]]) -> set[str]:
    """The codes that the text shows as over: after them it says so, and only then comes another one.

    found: of each certain code the lines on which it is, from 1.
    """
    over = [number for number, line in enumerate(lines, start=1) if _IS_OVER.search(line)]
    return {
        code
        for code in _PASSES & found.keys()
        if any(
            max(found[code]) < end < min(found[other])
            for end in over
            for other in found.keys() - {code}
        )
    }
