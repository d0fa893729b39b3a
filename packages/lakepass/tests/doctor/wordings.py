"""Wordings that people reported, each with its source and the codes that are certain."""

import re
from pathlib import Path

from lakepass.doctor.logs import Recognised

FILE = Path(__file__).parent / "wordings.txt"
WORDINGS = [
    ([code for code in codes.split() if code != "-"], source, text)
    for codes, source, text in re.findall(
        r"^=== (.*?) \| (.*?)\n(.*?)(?=^===|\Z)", FILE.read_text("utf-8"), re.M | re.S
    )
]


def recognised_codes(found: list[Recognised]) -> list[str]:
    """What is certain, and what follows from it; suspicions are left out."""
    return [
        f"{one.code}<{one.follows}" if one.follows else one.code
        for one in found
        if one.is_sure or one.follows
    ]
