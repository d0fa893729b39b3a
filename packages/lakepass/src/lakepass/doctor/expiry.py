"""Finds tokens in a text that had expired when it was written, or have by now."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from lakepass.diagnoses.diagnosis import FRESH_CREDENTIAL, PER_CONNECTION
from lakepass.doctor.signs.sign import Advice
from lakepass.doctor.tokens import claims

# A login that was refused may have been refused for the age of the token.
REFUSED = frozenset({"LP-307", "LP-308"})
_TOKEN = re.compile(r"\beyJ[\w-]{4,}\.eyJ[\w-]{4,}\.[\w-]*")
_TIME = re.compile(r"\b(20\d\d-\d\d-\d\d)[T ](\d\d:\d\d)")


def expired_tokens(text: str) -> Iterator[tuple[re.Match[str], bool, Advice]]:
    """Each such token, whether it is certain that it had expired, and what to do.

    The times of the log, if it has any, are taken for UTC; without them the token is compared with
    this machine's clock, and may have been valid when it was sent.
    """
    last = _last_time(text)
    for match in _TOKEN.finditer(text):
        end = (claims(match[0]) or {}).get("exp")
        if isinstance(end, int) and 0 < end < (last or time.time()):
            yield match, last is not None, _advice(datetime.fromtimestamp(end, UTC))


def _last_time(text: str) -> float | None:
    found = [f"{day}T{minute}" for day, minute in _TIME.findall(text)]
    try:
        return datetime.fromisoformat(max(found)).replace(tzinfo=UTC).timestamp() if found else None
    except ValueError:
        return None


def _advice(end: datetime) -> Advice:
    return Advice(
        title=f"The token in the text expired at {end:%Y-%m-%d %H:%M} UTC.",
        fix="Remove it, and supply a fresh credential for each new connection.",
        lines=("unset PGPASSWORD LAKEBASE_PASSWORD", FRESH_CREDENTIAL, *PER_CONNECTION),
    )
