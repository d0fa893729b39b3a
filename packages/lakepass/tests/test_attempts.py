"""What a connect reports at its deadline."""

import asyncio

import asyncpg
import pytest

from lakepass import DatabaseUnavailable, Lakebase
from lakepass.drivers.attempts import Attempts

NATIVE = {"PGHOST": "db.example.com", "PGUSER": "app", "PGPASSWORD": "native"}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ([asyncpg.InternalServerError("External authorization failed."), TimeoutError()], "LP-501"),
        ([TimeoutError(), asyncpg.InternalServerError("External authorization failed.")], "LP-501"),
        ([TimeoutError(), TimeoutError()], "LP-506"),
    ],
    ids=["cut short", "answered last", "never answered"],
)
async def test_an_attempt_without_an_answer_does_not_hide_what_was_answered_before(
    said: list[Exception], code: str
) -> None:
    lake = Lakebase(environ=NATIVE, connect_deadline_s=0.5)
    login = await lake.login_async()
    attempts = Attempts(lake)
    assert attempts.failed(said[0], login) < 0.5
    await asyncio.sleep(0.5)
    with pytest.raises(DatabaseUnavailable) as caught:
        attempts.failed(said[1], login)
    assert (caught.value.code, caught.value.facts["attempts"]) == (code, 2)
