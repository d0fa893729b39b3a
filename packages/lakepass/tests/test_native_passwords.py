"""Native passwords against a local Lakebase: given, kept in a secret scope, revealed; and changed."""

import asyncpg
import pytest

from lakepass import ConfigurationError, Lakebase, LoginRejected
from lakepass.emulator import Emulator
from packages.lakepass.tests.conftest import who

ROLE, PASSWORD = "bookkeeper", "correct horse battery staple"


async def as_admin(lakebase: Emulator, *statements: str) -> None:
    admin = await asyncpg.connect(**lakebase.admin_dsn_kwargs)
    try:
        for statement in statements:
            await admin.execute(statement)
    finally:
        await admin.close()


@pytest.fixture
async def native(lakebase: Emulator) -> None:
    """Native login is on, and there is a role with a password of its own."""
    lakebase.faults.set_native_login(True)
    await as_admin(
        lakebase,
        f'drop role if exists "{ROLE}"',
        f"create role \"{ROLE}\" login password '{PASSWORD}'",
    )


def as_native(environ: dict[str, str], **changes: str) -> Lakebase:
    given = environ | {"PGUSER": ROLE, "LAKEPASS_AUTH": "password"} | changes
    return Lakebase(environ=given, connect_deadline_s=60)


@pytest.mark.usefixtures("native")
async def test_a_password_that_is_given_logs_in(environ: dict[str, str]) -> None:
    assert await who(as_native(environ, PGPASSWORD=PASSWORD)) == ROLE


@pytest.mark.usefixtures("native")
async def test_a_wrong_password_is_told_and_not_repeated(environ: dict[str, str]) -> None:
    with pytest.raises(LoginRejected) as caught:
        await who(as_native(environ, PGPASSWORD="wrong"))
    assert (caught.value.code, caught.value.facts["attempts"]) == ("LP-308", 1)


async def test_native_login_that_is_off_is_reported(environ: dict[str, str]) -> None:
    with pytest.raises(LoginRejected, match="native login is off"):
        await who(as_native(environ, PGPASSWORD=PASSWORD))


@pytest.mark.usefixtures("native")
async def test_a_password_in_a_secret_scope_is_read_and_read_again_once_it_was_changed(
    environ: dict[str, str], lakebase: Emulator
) -> None:
    lakebase.put_secret("shop", "postgres", PASSWORD)
    lake = as_native(environ, LAKEBASE_PASSWORD_SECRET="shop/postgres")
    assert await who(lake) == ROLE
    await as_admin(lakebase, f"alter role \"{ROLE}\" password 'changed since then'")
    lakebase.put_secret("shop", "postgres", "changed since then")
    assert await who(lake) == ROLE


async def test_an_access_token_in_a_secret_scope_is_never_sent(
    environ: dict[str, str], lakebase: Emulator
) -> None:
    lakebase.put_secret("shop", "mistaken", f"{lakebase.personal_access_token}\n")
    with pytest.raises(ConfigurationError, match="LP-114") as caught:
        await as_native(environ, LAKEBASE_PASSWORD_SECRET="shop/mistaken").password_async()
    assert lakebase.personal_access_token not in str(caught.value)


@pytest.mark.usefixtures("native")
async def test_a_secret_that_is_not_there_is_named(environ: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="key=nowhere"):
        await who(as_native(environ, LAKEBASE_PASSWORD_SECRET="shop/nowhere"))


async def test_a_generated_password_is_revealed_by_the_workspace(
    environ: dict[str, str], lakebase: Emulator
) -> None:
    lakebase.faults.set_native_login(True)
    password = lakebase.create_native_role("bookkeeper-generated")
    lake = as_native(environ, PGUSER="bookkeeper-generated")
    assert await lake.password_async() == password
    assert await who(lake) == "bookkeeper-generated"


async def test_a_role_the_branch_does_not_have_is_named(environ: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="PGUSER=nobody"):
        await who(as_native(environ, PGUSER="nobody"))
