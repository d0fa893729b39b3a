"""Of every code of the catalogue: its fix, run literally, cures it; or why that cannot be tried here."""

import secrets
import socket

import pytest

from lakepass.diagnoses import CATALOGUE
from lakepass.doctor import examination, network

from .place import (
    DEVELOPER,
    PRINCIPAL,
    Place,
    Situation,
    carried_out,
    examined,
    of_user,
    shown_text,
    without,
)
from .situations import CURED, NOTED, READ, WRITE, empty_of_the_developer

ANA = "ana@example.com"


def as_ana(it: Place, *statements: str) -> dict[str, str]:
    """What Ana has set, after the developer ran these."""
    it.sql(
        f"do $$ begin if to_regrole('\"{ANA}\"') is not null then "
        f'drop owned by "{ANA}" cascade; drop role "{ANA}"; end if; end $$',
        f'set role "{DEVELOPER}"',
        *statements,
    )
    return of_user(it.lakebase, ANA) | {"PGUSER": ANA, "DATABRICKS_CONFIG_FILE": "/nowhere"}


REGISTERED = (
    "create extension if not exists databricks_auth",
    f"select databricks_create_role('{ANA}', 'USER')",
)


def in_a_closed_database(it: Place) -> dict[str, str]:
    return in_a_database(it, "revoke connect on database {} from public")


def in_a_full_database(it: Place) -> dict[str, str]:
    return in_a_database(it, "alter database {} connection limit 0")


def in_a_hasty_database(it: Place) -> dict[str, str]:
    return in_a_database(it, "alter database {} set statement_timeout = '2ms'")


def in_a_database(it: Place, statement: str) -> dict[str, str]:
    name = f"apart_{secrets.token_hex(4)}"
    it.sql(f'create database {name} owner "{DEVELOPER}"', statement.format(name))
    return it.but(PGDATABASE=name)


def in_a_secret(it: Place) -> dict[str, str]:
    """A native password, in a secret that is named by its key alone."""
    environ = it.native()
    client = it.client
    client.secrets.create_scope(scope := f"shop-{secrets.token_hex(3)}")
    client.secrets.put_secret(scope, "pg", string_value=environ["PGPASSWORD"])
    it.filled_in["secret"] = f"{scope}/pg"
    return it.administrator | {
        "PGUSER": environ["PGUSER"],
        "LAKEBASE_PASSWORD_SECRET": "pg",
        "LAKEPASS_AUTH": "password",
    }


def closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return str(server.getsockname()[1])


def silent_port(it: Place) -> dict[str, str]:
    server = it.later.enter_context(socket.create_server(("127.0.0.1", 0)))
    return it.but(PGPORT=str(server.getsockname()[1]))


def native_login_off(it: Place) -> dict[str, str]:
    environ = it.native()
    it.lakebase.faults.set_native_login(False)
    return environ


def stopped(it: Place) -> dict[str, str]:
    it.lakebase.faults.stop_database()
    return it.environ


def missing_schema(it: Place) -> dict[str, str]:
    return it.environ | {"SCHEMA": f"new_{secrets.token_hex(3)}"}


def overwritten(it: Place) -> dict[str, str]:
    return it.but(DATABRICKS_APP_NAME="app", PGUSER=DEVELOPER)


def without_scope(it: Place) -> dict[str, str]:
    token = it.lakebase.user_token(scopes=["iam.current-user:read"])
    return it.but(*PRINCIPAL, "PGUSER", "PGHOST", DATABRICKS_TOKEN=token)


def of_two_owners(it: Place) -> dict[str, str]:
    """A schema of the developer's, with a table of Ana's, who may not create roles."""
    as_ana(it, *REGISTERED)
    schema = f"two_{secrets.token_hex(3)}"
    it.sql(
        f'create schema {schema} authorization "{DEVELOPER}"',
        f'set role "{DEVELOPER}"',
        f"create table {schema}.orders (id serial primary key)",
        "reset role",
        f"create table {schema}.baskets (id serial primary key)",
        f'alter table {schema}.baskets owner to "{ANA}"',
        f"grant usage, create on schema {schema} to APP",
        f"grant all on all tables in schema {schema} to APP",
        f"grant all on all sequences in schema {schema} to APP",
    )
    return it.environ | {"SCHEMA": schema}


def of_an_owner_who_may_not_create_roles(it: Place) -> dict[str, str]:
    as_ana(it, *REGISTERED)
    schema = f"hers_{secrets.token_hex(3)}"
    it.sql(
        f'create schema {schema} authorization "{ANA}"',
        f'set role "{ANA}"',
        f"create table {schema}.orders (id serial primary key)",
        f"grant usage, create on schema {schema} to APP",
        f"grant all on all tables in schema {schema} to APP",
        f"grant all on all sequences in schema {schema} to APP",
    )
    return it.environ | {"SCHEMA": schema}


MORE = [
    Situation("LP-109", "", lambda it: it.but("PGSSLROOTCERT", PGSSLMODE="verify-ca")),
    Situation("LP-112", "Unset the profile", lambda it: it.but(DATABRICKS_CONFIG_PROFILE="gone")),
    Situation("LP-116", "", lambda it: it.native(PGUSER="")),
    Situation("LP-117", "", lambda it: without(it.native(), "PGHOST")),
    Situation("LP-119", "", lambda it: it.but(
        *PRINCIPAL, "PGUSER", DATABRICKS_TOKEN="\n".join(
            [it.known["token"][:9], it.known["token"][9:]]))),
    Situation("LP-127", "", in_a_secret),
    Situation("LP-203", "", lambda it: it.but(DATABRICKS_HOST="http://127.0.0.1:1")),
    Situation("LP-203", "", lambda it: it.but(
        DATABRICKS_HOST=f"http://localhost:{it.environ['PGPORT']}")),
    Situation("LP-212", "", lambda it: it.but(
        *PRINCIPAL, "PGUSER", DATABRICKS_TOKEN=f"dapi{0:032}")),
    Situation("LP-217", "", without_scope),
    Situation("LP-302", "drop it", lambda it: as_ana(it, f'create role "{ANA}" login')),
    Situation("LP-303", "log in as it", lambda it: it.but(PGUSER=DEVELOPER)),
    Situation("LP-304", "create the role", as_ana),
    Situation("LP-309", "allow it", lambda it: as_ana(
        it, *REGISTERED, f'alter role "{ANA}" nologin')),
    Situation("LP-310", "", in_a_closed_database),
    Situation("LP-311", "", lambda it: it.with_password(it.token_of(-600))),
    Situation("LP-312", "", lambda it: it.with_password(it.foreign_token(it.folder))),
    Situation("LP-313", "", native_login_off),
    Situation("LP-314", "", lambda it: it.native(PGPASSWORD="hunter2hunter2")),
    Situation("LP-402", "", lambda it: it.native(PGSSLMODE="disable")),
    Situation("LP-409", "", lambda it: it.but(
        PGPORT=it.lakebase.workspace_url.rpartition(":")[2])),
    Situation("LP-411", "", stopped),
    Situation("LP-502", "role has a connection limit", lambda it: as_ana(
        it, *REGISTERED, f'alter role "{ANA}" connection limit 0')),
    Situation("LP-502", "database has a connection limit", in_a_full_database),
    Situation("LP-614", "statement_timeout is 2ms for this database", in_a_hasty_database),
    Situation("LP-505", "", lambda it: it.native(PGHOST="nowhere.invalid")),
    Situation("LP-506", "", silent_port),
    Situation("LP-507", "", lambda it: it.but(PGPORT=closed_port())),
    Situation("LP-601", "", missing_schema, WRITE),
    Situation("LP-607", "", empty_of_the_developer, READ),
    Situation("LP-609", "CREATE ROLE", of_an_owner_who_may_not_create_roles, WRITE),
    Situation("LP-609", "", of_two_owners, WRITE),
    Situation("LP-702", "", overwritten),
    Situation("LP-139", "", lambda it: it.but("PGSSLROOTCERT", PGSSLMODE="require")),
    Situation("LP-140", "", lambda it: it.but(PGPASSWORD=it.token, LAKEPASS_AUTH="password")),
]  # fmt: skip
NOTES = {"LP-139", "LP-140", "LP-607"}

_OTHER = "what the workspace answers; nothing in the settings cures it"
_SERVICE = "a state of the service, which passes or is changed by those who run it"
_EXPLAIN = "the doctor never comes to it: in a text that `lakepass explain` is given"
_GRANT = "of `lakepass grant`, see test_commands.py"
UNTRIED = {
    "LP-122": "a branch without a read-write endpoint is not what the emulator makes",
    "LP-123": "needs hosts with names, see test_provoked.py",
    "LP-124": _OTHER, "LP-125": _OTHER,
    "LP-126": "of Lakebase.for_user, see test_users.py",
    "LP-129": "of the program's arguments, see test_other_hosts.py",
    "LP-130": "takes more projects than a test makes",
    "LP-136": "installs a package, see test_provoked.py",
    "LP-142": "installs a package, see test_healthy.py", "LP-147": _EXPLAIN,
    "LP-149": "of the program's arguments, see test_arguments.py",
    "LP-201": _OTHER, "LP-202": _OTHER, "LP-204": _OTHER, "LP-205": _OTHER, "LP-206": _OTHER,
    "LP-207": "sets this machine's clock", "LP-216": "sets this machine's clock",
    "LP-213": "an administrator of the workspace gives access in its settings",
    "LP-214": _OTHER, "LP-219": _EXPLAIN,
    "LP-215": "an administrator changes the access list", "LP-404": "as LP-215",
    "LP-305": "the doctor names the empty variable (LP-134) before it is sent",
    "LP-306": "a minted credential is new: the doctor tells LP-216, LP-311 or LP-312",
    "LP-307": "as LP-306", "LP-308": "as LP-306; of a native password it tells LP-314",
    "LP-403": _EXPLAIN, "LP-405": _SERVICE, "LP-406": _EXPLAIN, "LP-407": _EXPLAIN,
    "LP-412": _EXPLAIN, "LP-413": _EXPLAIN, "LP-499": "no cause is known, so no fix is",
    "LP-501": _SERVICE, "LP-503": _SERVICE, "LP-504": _SERVICE, "LP-510": _SERVICE,
    "LP-508": "the fix is a line of the program", "LP-509": _EXPLAIN,
    "LP-602": _GRANT, "LP-603": _GRANT, "LP-604": _GRANT, "LP-605": _GRANT,
    "LP-608": _EXPLAIN, "LP-511": _EXPLAIN, "LP-611": _EXPLAIN, "LP-612": _EXPLAIN, "LP-704": _EXPLAIN,
    "LP-615": _EXPLAIN, "LP-616": _EXPLAIN, "LP-617": _EXPLAIN,
    "LP-613": "only the owner of the rows knows which are meant",
    "LP-701": "the app is deployed again", "LP-703": "the app is deployed again",
}  # fmt: skip


@pytest.mark.parametrize("case", MORE, ids=[f"{one.code}-{n}" for n, one in enumerate(MORE)])
def test_the_fix_cures_what_the_doctor_found(
    place: Place, case: Situation, monkeypatch: pytest.MonkeyPatch
) -> None:
    if case.code in ("LP-502", "LP-506"):  # they wait until a timeout
        monkeypatch.setattr(examination, "LOGIN_S", 3.0)
        monkeypatch.setattr(network, "ANSWER_S", 1.0)
    environ = case.change(place)
    found = examined(environ, case.asks)
    seen = found.notes if case.code in NOTES else found.roots
    assert [one.code for one in seen] == [case.code], "\n".join(found.lines())
    assert case.words in shown_text(seen[0])
    others = {ANA: of_user(place.lakebase, ANA)}
    after = carried_out(seen[0], environ, place.administrator, place.known, others)
    cured = examined(after, case.asks)
    assert cured.is_healthy, "\n".join(cured.lines())
    assert case.code not in [one.code for one in cured.notes]


def test_the_fix_of_every_code_is_tried_or_it_is_said_why_not() -> None:
    tried = {one.code for one in (*CURED, *NOTED, *MORE)}
    assert tried | UNTRIED.keys() == CATALOGUE.keys()
    assert not tried & UNTRIED.keys()
