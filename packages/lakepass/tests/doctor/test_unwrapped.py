"""`lakepass explain`: texts whose lines a terminal, a box, a mail or a logger broke."""

from collections.abc import Callable

import pytest

from lakepass.doctor.logs import recognise

MESSAGES = {
    "LP-408": 'psql: error: connection to server at "203.0.113.7", port 5432 failed: SSL error: '
    "certificate verify failed",
    "LP-138": "psycopg.errors.InternalError_: the server says: cannot execute INSERT in a read-only "
    "transaction",
    "LP-509": "sqlalchemy.exc.TimeoutError: QueuePool limit of size 5 overflow 10 reached, connection "
    "timed out, timeout 30.00 (Background on this error at: https://sqlalche.me/e/20/3o7r)",
    "LP-301": "psycopg.OperationalError: connection failed: connection to server at \"203.0.113.7\", "
    "port 5432 failed: FATAL:  Failed to decode token for role \"someone@example.com\" and native "
    "postgres login was either not attempted due to configuration or failed.",
    "LP-215": "databricks.sdk.errors.platform.PermissionDenied: Source IP address: 203.0.113.9 is "
    "blocked by Databricks IP ACL for workspace: 1234567890",
}  # fmt: skip


def hard(text: str, width: int) -> list[str]:
    return [text[at : at + width] for at in range(0, len(text), width)]


BREAKS: dict[str, Callable[[str], list[str]]] = {
    "at 80 columns": lambda text: hard(text, 80),
    "at 100 columns": lambda text: hard(text, 100),
    "at 60 columns": lambda text: hard(text, 60),
    "at 53 columns": lambda text: hard(text, 53),
    "at 40 columns": lambda text: hard(text, 40),
    "at 60 columns, without blanks at the end": lambda text: [
        line.rstrip() for line in hard(text, 60)
    ],
    "in a narrow box": lambda text: [f"│ {line:44} │" for line in hard(text, 44)],
    "in a mail": lambda text: [f"> {line}" for line in hard(text, 72)],
    "in a box": lambda text: [f"│ {line:80} │" for line in hard(text, 80)],
    "by a logger": lambda text: [f"2026-05-01 10:00:00 ERROR {line}" for line in hard(text, 80)],
    "by docker": lambda text: [
        f"app-1  | 2026-05-01T10:00:00.123Z {line}" for line in hard(text, 80)
    ],
    "by journald": lambda text: [
        f"May 01 10:00:00 host app[123]: {line}" for line in hard(text, 80)
    ],
}


@pytest.mark.parametrize("how", BREAKS)
@pytest.mark.parametrize("code", MESSAGES)
def test_a_message_is_recognised_however_its_lines_were_broken(code: str, how: str) -> None:
    text = "\n".join(BREAKS[how](MESSAGES[code]))
    assert [one.code for one in recognise(text) if one.is_sure] == [code]


def test_words_that_are_broken_at_blanks_by_docker_are_recognised() -> None:
    text = (
        "app-1  | psycopg.OperationalError: connection failed: connection to\n"
        'app-1  | server at "203.0.113.7", port 5432 failed: FATAL:  Failed to\n'
        'app-1  | decode token for role "someone@example.com" and native\n'
        "app-1  | postgres login was either not attempted due to configuration\n"
    )
    assert [one.code for one in recognise(text) if one.is_sure] == ["LP-301"]


def test_one_line_of_a_usual_width_is_not_joined_with_what_follows() -> None:
    notice = 'psql:setup.sql:3: NOTICE:  table "a_long_table_name" does not exist, skipping'
    line = notice.replace("a_long", f"a_{'very_' * 4}long"[: 80 - len(notice) + len("a_long")])
    assert len(line) == 80
    assert recognise(f"{line}\nDROP TABLE\n") == []


def test_records_of_one_length_are_not_joined() -> None:
    record = (
        "2026-05-01 10:00:00,000 ERROR app psycopg.OperationalError: FATAL: role {} does not exist"
    )
    text = "\n".join(record.format(f'"{name}"') for name in ("one", "two", "six"))
    [found] = recognise(text)
    assert (found.code, found.times, found.line) == ("LP-304", 3, 1)
    assert found.quote.startswith("2026-05-01")
