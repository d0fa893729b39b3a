"""Signed-in users: the same database in another person's name, kept apart and bounded."""

from collections.abc import Callable

import pytest

from lakepass import ConfigurationError, CredentialDenied, Lakebase
from lakepass.credentials.recent import Recent
from lakepass.emulator import Emulator
from packages.lakepass.tests.conftest import who


async def test_a_user_logs_in_in_their_own_name_and_the_app_in_its(
    lake: Lakebase, lakebase: Emulator, environ: dict[str, str]
) -> None:
    user = lake.for_user(lakebase.personal_access_token)
    assert await who(user) == "developer@example.com"
    assert await who(lake) == environ["PGUSER"]


async def test_a_forwarded_token_needs_the_scope_for_databases(
    lake: Lakebase, lakebase: Emulator
) -> None:
    assert await who(lake.for_user(lakebase.user_token(scopes=("postgres",)))) == (
        "developer@example.com"
    )
    with pytest.raises(CredentialDenied, match="required scopes: postgres"):
        await who(lake.for_user(lakebase.user_token(scopes=("sql",))))


async def test_a_user_who_comes_again_shares_a_credential(
    lake: Lakebase, lakebase: Emulator, mints: Callable[[], int]
) -> None:
    for _ in range(3):
        await who(lake.for_user(f" {lakebase.personal_access_token} "))
    assert lake.for_user(lakebase.personal_access_token) is lake.for_user(
        lakebase.personal_access_token
    )
    assert mints() == 1


async def test_a_token_that_the_workspace_does_not_know_is_denied(lake: Lakebase) -> None:
    token = "dapi" + "0" * 32
    with pytest.raises(CredentialDenied) as caught:
        await who(lake.for_user(token))
    assert token not in str(caught.value)


@pytest.mark.parametrize("token", [" ", "", None])
def test_no_token_is_told_before_anything_is_tried(lake: Lakebase, token: str | None) -> None:
    with pytest.raises(ConfigurationError, match="LP-126"):
        lake.for_user(token)  # type: ignore[arg-type]  # what a header that is not there gives


NATIVE = {
    "DATABRICKS_HOST": "https://workspace.example",
    "PGUSER": "app",
    "PGPASSWORD": "native",
    "LAKEPASS_AUTH": "password",
}


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"PGHOST": "ep-x.database.example", "PGSSLMODE": "disable"}, "LP-107"),
        ({"PGHOST": "ep-x-pooler.database.example"}, "LP-137"),
    ],
)
def test_a_users_token_goes_nowhere_that_the_apps_token_would_not(
    settings: dict[str, str], code: str
) -> None:
    with pytest.raises(ConfigurationError, match=code):
        Lakebase(environ=NATIVE | settings).for_user("eyJ-token")


def test_without_a_workspace_nobody_can_be_signed_in() -> None:
    environ = {"PGHOST": "ep-x.database.example", "PGUSER": "app", "PGPASSWORD": "native"}
    with pytest.raises(ConfigurationError, match="LP-126"):
        Lakebase(environ=environ).for_user("eyJ-token")


def test_the_explanation_says_whose_name_it_is(lake: Lakebase, lakebase: Emulator) -> None:
    user = lake.for_user(lakebase.personal_access_token)
    told = "\n".join(user.explain().lines())
    assert "signed-in user" in told
    assert lakebase.personal_access_token not in told + repr(user) + repr(vars(user))


class Thing:
    def __init__(self, key: str) -> None:
        self.key = key
        self.is_closed = False

    def close(self) -> None:
        self.is_closed = True


def test_the_one_used_longest_ago_is_closed_to_make_room() -> None:
    recent = Recent(Thing, most=2)
    first, second = recent.get("first"), recent.get("second")
    assert recent.get("first") is first
    third = recent.get("third")
    assert (first.is_closed, second.is_closed, third.is_closed) == (False, True, False)
    assert recent.get("second") is not second
