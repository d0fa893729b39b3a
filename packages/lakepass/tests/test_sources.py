"""Which password, and whose: the chain of sources and the identity behind it."""

from pathlib import Path

import pytest

from lakepass import ConfigurationError, Source
from lakepass.credentials.sources import Choice, choose
from lakepass.target.identity import find_identity
from lakepass.target.settings import read_target

PAT = "dapi0123456789abcdef0123456789abcdef"
HOST = {"DATABRICKS_HOST": "https://shop.example.com"}
PRINCIPAL = {
    **HOST,
    "DATABRICKS_CLIENT_ID": "5f3c0000-0000-4000-8000-000000000001",
    "DATABRICKS_CLIENT_SECRET": "dose0123456789abcdef",
}
DATABASE = {"PGHOST": "ep-x.example.com", "PGUSER": "me@example.com"}


@pytest.fixture
def no_profiles(tmp_path: Path) -> dict[str, str]:
    return {"DATABRICKS_CONFIG_FILE": str(tmp_path / "none")}


@pytest.fixture
def profiles(tmp_path: Path) -> dict[str, str]:
    path = tmp_path / "databrickscfg"
    path.write_text(
        "[DEFAULT]\nhost = https://default.example.com\ntoken = dapi11112222\n"
        "[shop]\nhost = https://shop.example.com\nclient_id = app-id\nclient_secret = s%cret\n"
    )
    return {"DATABRICKS_CONFIG_FILE": str(path)}


def chosen(environ: dict[str, str], auth: str | None = None) -> Choice:
    return choose(environ, read_target(environ), auth)


def test_a_service_principal_mints_and_is_its_own_role(no_profiles: dict[str, str]) -> None:
    choice = chosen({**no_profiles, **DATABASE, **PRINCIPAL})
    assert choice.strategy == "oauth"
    assert choice.identity.role == PRINCIPAL["DATABRICKS_CLIENT_ID"]
    assert choice.sources == (
        Source(
            "database credential",
            applies=True,
            why="service principal: DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET set",
        ),
        Source(
            "native password",
            applies=False,
            why="neither PGPASSWORD nor LAKEBASE_PASSWORD is set",
        ),
        Source("secret scope", applies=False, why="LAKEBASE_PASSWORD_SECRET is not set"),
        Source("revealed password", applies=False, why="only LAKEPASS_AUTH=password asks for it"),
    )
    assert choice.warnings == ()


def test_a_native_password_is_second(no_profiles: dict[str, str]) -> None:
    both = {**no_profiles, **DATABASE, **PRINCIPAL, "PGPASSWORD": "hunter2"}
    assert chosen(both).strategy == "oauth"
    assert [source.applies for source in chosen(both).sources] == [True, True, False, False]
    assert chosen({**both, "LAKEPASS_AUTH": "password"}).password == "hunter2"
    assert chosen(both, auth="password").strategy == "password"


def test_a_native_password_alone_is_taken(no_profiles: dict[str, str]) -> None:
    choice = chosen({**no_profiles, **DATABASE, "LAKEBASE_PASSWORD": "hunter2"})
    assert (choice.strategy, choice.password) == ("password", "hunter2")
    assert choice.sources[0].why == "none: no Databricks variable and no profile is set"


def test_an_identity_that_only_may_exist_comes_after_a_password_that_does(
    no_profiles: dict[str, str],
) -> None:
    only_host = {**no_profiles, **DATABASE, **HOST}
    assert chosen(only_host).identity.certainty == "possible"
    assert chosen(only_host).strategy == "oauth"
    assert chosen({**only_host, "PGPASSWORD": "hunter2"}).strategy == "password"
    assert chosen({**only_host, "PGPASSWORD": "hunter2"}, "oauth").strategy == "oauth"


def test_profiles_are_found_as_the_sdk_finds_them(profiles: dict[str, str]) -> None:
    assert find_identity(profiles).kind == "profile DEFAULT"
    assert find_identity(profiles).host == "https://default.example.com"
    assert find_identity(profiles).role is None
    shop = find_identity({**profiles, "DATABRICKS_CONFIG_PROFILE": "shop"})
    assert (shop.kind, shop.host, shop.role) == (
        "profile shop",
        "https://shop.example.com",
        "app-id",
    )
    assert find_identity({**profiles, **PRINCIPAL}).kind == "service principal"


def test_a_default_profile_may_be_named_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "cfg"
    path.write_text("[__settings__]\ndefault_profile = shop\n[shop]\nhost = https://h\n")
    assert find_identity({"DATABRICKS_CONFIG_FILE": str(path)}).kind == "profile shop"


def test_a_broken_profile_file_is_no_identity(tmp_path: Path) -> None:
    path = tmp_path / "cfg"
    path.write_text("host = https://no-section")
    found = find_identity({"DATABRICKS_CONFIG_FILE": str(path)})
    assert (found.certainty, found.why) == ("none", f"{path} cannot be read as a profile file")


@pytest.mark.parametrize(
    ("variables", "certainty", "kind"),
    [
        ({**HOST, "DATABRICKS_TOKEN": PAT}, "known", "personal access token"),
        ({"DATABRICKS_TOKEN": PAT}, "none", "personal access token"),
        ({**HOST, "DATABRICKS_CLIENT_ID": "id"}, "none", "service principal"),
        ({**HOST, "DATABRICKS_CLIENT_SECRET": "s"}, "none", "service principal"),
        ({**HOST, "DATABRICKS_AUTH_TYPE": "azure-cli"}, "known", "azure-cli"),
        ({"DATABRICKS_RUNTIME_VERSION": "17.3"}, "possible", "Databricks runtime"),
        (
            {**PRINCIPAL, "DATABRICKS_TOKEN": PAT, "DATABRICKS_AUTH_TYPE": "pat"},
            "known",
            "personal access token",
        ),
    ],
)
def test_identities_are_told_from_variables(
    no_profiles: dict[str, str], variables: dict[str, str], certainty: str, kind: str
) -> None:
    found = find_identity({**no_profiles, **variables})
    assert (found.certainty, found.kind) == (certainty, kind)


@pytest.mark.parametrize("given", [PAT, f" {PAT}\n"])
def test_an_access_token_as_password_signs_in_to_the_workspace(
    no_profiles: dict[str, str], given: str
) -> None:
    choice = chosen({**no_profiles, **DATABASE, **HOST, "PGPASSWORD": given})
    assert (choice.strategy, choice.password) == ("oauth", None)
    assert choice.identity.kind == "personal access token"
    assert "move it to DATABRICKS_TOKEN" in choice.warnings[0].text
    assert PAT not in repr(choice)


def test_an_access_token_as_password_is_ignored_next_to_an_identity(
    no_profiles: dict[str, str],
) -> None:
    choice = chosen({**no_profiles, **DATABASE, **PRINCIPAL, "PGPASSWORD": PAT})
    assert (choice.strategy, choice.identity.kind) == ("oauth", "service principal")
    assert "it is ignored" in choice.warnings[0].text


@pytest.mark.parametrize("more", [{}, {**HOST, "LAKEPASS_AUTH": "password"}])
def test_an_access_token_as_password_is_refused_where_it_cannot_help(
    no_profiles: dict[str, str], more: dict[str, str]
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        chosen({**no_profiles, **DATABASE, **more, "PGPASSWORD": PAT})
    assert caught.value.code == "LP-114"
    assert "personal access token" in str(caught.value)
    assert PAT not in str(caught.value)


@pytest.mark.parametrize(
    ("variables", "code", "said"),
    [
        ({**PRINCIPAL, "DATABRICKS_TOKEN": PAT}, "LP-111", "DATABRICKS_TOKEN and"),
        ({"DATABRICKS_CONFIG_PROFILE": "gone"}, "LP-112", "DATABRICKS_CONFIG_PROFILE=gone"),
        ({"LAKEPASS_AUTH": "kerberos"}, "LP-113", "LAKEPASS_AUTH=kerberos"),
        ({}, "LP-115", "neither PGPASSWORD nor LAKEBASE_PASSWORD is set"),
        ({"PGPASSWORD": ""}, "LP-134", "PGPASSWORD is set, but empty"),
        ({"LAKEPASS_AUTH": "password"}, "LP-115", "LAKEPASS_AUTH=password rules"),
        ({"PGPASSWORD": "hunter2", "PGUSER": ""}, "LP-116", "Set PGUSER"),
        ({"PGPASSWORD": "hunter2", "LAKEBASE_PASSWORD": "other"}, "LP-102", "differ"),
        ({**PRINCIPAL, "PGSSLMODE": "disable"}, "LP-107", "never travels in clear"),
        (
            {"PGHOST": "", "LAKEBASE_INSTANCE": "shop", "PGPASSWORD": "hunter2"},
            "LP-117",
            "Set PGHOST",
        ),
    ],
)
def test_a_contradiction_is_named(
    no_profiles: dict[str, str], variables: dict[str, str], code: str, said: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        chosen({**no_profiles, **DATABASE, **variables})
    assert caught.value.code == code
    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert PAT not in str(caught.value)


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({**PRINCIPAL, "PGSSLMODE": "require"}, "the server's certificate is not checked"),
        ({"PGPASSWORD": "hunter2", "PGSSLMODE": "disable"}, "in clear text"),
        ({"PGPASSWORD": "eyJhbGciOi.x.y"}, "expires within the hour"),
    ],
)
def test_what_is_honoured_but_unwise_is_warned_of(
    no_profiles: dict[str, str], variables: dict[str, str], said: str
) -> None:
    (warning,) = chosen({**no_profiles, **DATABASE, **variables}).warnings
    assert said in warning.text


@pytest.mark.parametrize("named", ["scope", "/key", "scope/", "a/b/c"])
def test_a_secret_that_is_misnamed_is_reported(no_profiles: dict[str, str], named: str) -> None:
    environ = {**no_profiles, **DATABASE, **PRINCIPAL, "LAKEBASE_PASSWORD_SECRET": named}
    with pytest.raises(ConfigurationError, match="LP-127"):
        chosen(environ)


def test_a_secret_that_nobody_can_read_does_not_apply(no_profiles: dict[str, str]) -> None:
    environ = {**no_profiles, **DATABASE, "LAKEBASE_PASSWORD_SECRET": "shop/postgres"}
    with pytest.raises(ConfigurationError, match="it cannot be read"):
        chosen(environ, auth="password")


def test_a_pinned_password_is_sought_in_the_scope_then_revealed(
    no_profiles: dict[str, str],
) -> None:
    environ = {**no_profiles, **DATABASE, **PRINCIPAL, "PGUSER": "native"}
    assert chosen(environ, auth="password").taken == "revealed password"
    environ["LAKEBASE_PASSWORD_SECRET"] = "shop/postgres"
    assert chosen(environ, auth="password").taken == "secret scope"
    assert chosen(environ).taken == "database credential"
