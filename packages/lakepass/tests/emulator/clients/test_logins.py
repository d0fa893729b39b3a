"""Each client logs in, unmodified, and shows each refusal in the words that the service has for it."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
import trustme
from databricks.sdk import WorkspaceClient

from lakepass.doctor.logs import recognise
from lakepass.emulator import Emulator, Faults, Way
from lakepass.emulator.identity.tokens import Tokens

from .attempts import Client, Jdbc, Login, Refusal

UNLABELLED, NATIVE = "made plainly", "made natively"
SSL_HINT = (
    "Ensure that connection is using SSL. Try using `sslmode=require` in the connection string."
)


@pytest.fixture(params=["direct", "proxy"])
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def login(
    emulator: Emulator, app: WorkspaceClient, endpoint: str, dialect: str, client: Client
) -> Login:
    """Of the app's service principal, with a credential that the SDK minted."""
    variables = emulator.environment()
    return Login(
        host=emulator.host("local" if dialect == "direct" else None).name,
        port=emulator.gateway_port,
        user=variables["PGUSER"],
        password=_minted(app, endpoint),
        authority=variables["PGSSLROOTCERT"],
    )


def _minted(workspace: WorkspaceClient, endpoint: str) -> str:
    return str(workspace.postgres.generate_database_credential(endpoint).token)


@contextmanager
def _admin(emulator: Emulator) -> Iterator[psycopg.Connection[Any]]:
    past = emulator.admin_dsn_kwargs
    with psycopg.connect(
        host=past["host"], port=past["port"], user=past["user"], dbname=past["database"]
    ) as connection:
        yield connection


@dataclass(frozen=True)
class Known:
    """What a login can be got wrong with."""

    login: Login
    personal_access_token: str
    identity: str
    expired: str
    native_password: str


@pytest.fixture
def known(
    login: Login, emulator: Emulator, app: WorkspaceClient, signer: Callable[[str], Tokens]
) -> Iterator[Known]:
    with _admin(emulator) as admin:
        admin.execute(f'CREATE ROLE "{UNLABELLED}" LOGIN')
    yield Known(
        login=login,
        personal_access_token=emulator.personal_access_token,
        identity=str(app.current_user.me().id),
        expired=signer(str(app.config.workspace_id)).credential(login.user, life_s=-40)[0],
        native_password=emulator.create_native_role(NATIVE),
    )
    with _admin(emulator) as admin:
        admin.execute(f'DROP ROLE "{UNLABELLED}", "{NATIVE}"')


@dataclass(frozen=True)
class Case:
    """A login, how hosts of either dialect refuse it, and what `lakepass explain` makes of that."""

    login: Login
    direct: Refusal
    proxy: Refusal
    diagnosis: str


def by_postgres(
    diagnosis: str, login: Login, code: str, text: str, via_proxy: str | None = None
) -> Case:
    """The proxy gives all that is behind it one severity and one code."""
    proxy = Refusal(via_proxy or text, "ERROR", "XX000")
    return Case(login, Refusal(text, "FATAL", code), proxy, diagnosis)


def by_gateway(diagnosis: str, login: Login, code: str, text: str, detail: str) -> Case:
    refusal = Refusal(text, "FATAL", code, detail)
    return Case(login, refusal, refusal, diagnosis)


def no_token(login: Login) -> Case:
    return by_postgres(
        "LP-301",
        login,
        "28P01",
        f'Failed to decode token for role "{login.user}" and native postgres login was either not '
        "attempted due to configuration or failed.",
        "Provided authentication token is not a valid JWT encoding",
    )


CASES: dict[str, Callable[[Known], Case]] = {
    "personal access token as password": lambda known: no_token(
        replace(known.login, password=known.personal_access_token)
    ),
    "native password while native login is off": lambda known: no_token(
        replace(known.login, user=NATIVE, password=known.native_password)
    ),
    "expired credential": lambda known: by_postgres(
        "LP-308",
        replace(known.login, password=known.expired),
        "28P01",
        f'password authentication failed for user "{known.login.user}"',
        f"password authentication failed for user '{known.login.user}'",
    ),
    "no such database": lambda known: by_postgres(
        "LP-401",
        replace(known.login, database="main"),
        "3D000",
        'database "main" does not exist',
    ),
    "no such role": lambda known: by_postgres(
        "LP-304",
        replace(known.login, user="nobody@example.com"),
        "28000",
        'role "nobody@example.com" does not exist',
    ),
    "role without a label": lambda known: by_postgres(
        "LP-302",
        replace(known.login, user=UNLABELLED),
        "28P01",
        "An oauth token was supplied but no role security label was configured in postgres for "
        f'role "{UNLABELLED}"',
    ),
    "role of someone else": lambda known: by_postgres(
        "LP-303",
        replace(known.login, user="developer@example.com"),
        "28P01",
        f"OAuth token identity '{known.identity}' did not match the security label configured for "
        "role 'developer@example.com'",
    ),
    "no TLS": lambda known: by_gateway(
        "LP-402",
        replace(known.login, has_tls=False),
        "08P01",
        "Invalid protocol version. Protocol version: 196608",
        SSL_HINT,
    ),
}


def test_service_principal_gets_in(client: Client, login: Login) -> None:
    assert client.log_in(login) == login.user


def test_user_gets_in(
    client: Client, login: Login, developer: WorkspaceClient, endpoint: str
) -> None:
    user = replace(login, user="developer@example.com", password=_minted(developer, endpoint))
    assert client.log_in(user) == "developer@example.com"


def check(client: Client, case: Case, told: Refusal) -> None:
    refusal = client.log_in(case.login)
    assert refusal == told
    assert isinstance(refusal, Refusal)
    assert [one.code for one in recognise(refusal.printed)] == [case.diagnosis]


@pytest.mark.parametrize("name", CASES)
def test_refusal(client: Client, dialect: str, known: Known, name: str) -> None:
    case = CASES[name](known)
    check(client, case, client.shown(case.direct if dialect == "direct" else case.proxy))


def test_empty_password(client: Client, login: Login, dialect: str) -> None:
    """libpq does not even send one."""
    text = "empty password returned by client"
    case = by_postgres("LP-305", replace(login, password=""), "28P01", text)
    sent = client.shown(case.direct if dialect == "direct" else case.proxy)
    check(client, case, client.unsent or sent)


def test_address_instead_of_a_name(client: Client, login: Login) -> None:
    """Java never names `localhost` either, so it is let off; the service would refuse it as well."""
    case = by_gateway(
        "LP-403",
        replace(login, host="127.0.0.1"),
        "08006",
        "Connection does not have SNI.",
        "Please upgrade your client to support SNI.",
    )
    if isinstance(client, Jdbc):
        assert client.log_in(case.login) == login.user
    else:
        check(client, case, client.shown(case.direct))


FAULTS: dict[str, tuple[Callable[[Faults], None], Callable[[Login], Case]]] = {
    "stopped": (
        lambda faults: faults.stop_database(),
        lambda login: by_gateway(
            "LP-501",
            login,
            "28000",
            "External authorization failed.",
            "This could be due to paused instances, disabling readable secondaries, IP ACLs or "
            "private link configuration.",
        ),
    ),
    "waking": (
        lambda faults: faults.sleep_and_refuse(wake_s=60),
        lambda login: by_postgres("LP-503", login, "57P03", "the database system is starting up"),
    ),
    "full": (
        lambda faults: faults.fill_connections(),
        lambda login: by_postgres(
            "LP-502",
            login,
            "53300",
            "remaining connection slots are reserved for roles with the SUPERUSER attribute",
            "Too many connections to this endpoint. Please try again later.",
        ),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_database_that_is(
    client: Client, login: Login, dialect: str, faults: Faults, name: str
) -> None:
    cause, refused = FAULTS[name]
    cause(faults)
    case = refused(login)
    check(client, case, client.shown(case.direct if dialect == "direct" else case.proxy))


def test_authority_that_nobody_vouches_for(client: Client, login: Login, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(other)
    told = client.log_in(replace(login, authority=str(other)))
    assert isinstance(told, Refusal)
    assert re.search("certificat(e|ion)", told.text.lower())
    assert [one.code for one in recognise(told.printed)] == ["LP-408"]


@pytest.mark.parametrize("dialect", ["proxy"])
def test_pooler_takes_native_passwords_and_no_tokens(
    client: Client, login: Login, known: Known, emulator: Emulator, faults: Faults
) -> None:
    pooler = emulator.host(way=Way.POOLED)
    pooled = replace(login, host=pooler.name, port=pooler.port)
    refusal = f"password authentication failed for user '{login.user}'"
    assert client.log_in(pooled) == client.shown(Refusal(refusal, "ERROR", "XX000"))
    faults.set_native_login(True)
    native = replace(pooled, user=NATIVE, password=known.native_password)
    assert client.log_in(native) == NATIVE
