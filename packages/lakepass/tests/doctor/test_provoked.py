"""Each fault is provoked for real; the doctor names it as the root cause, and nothing else."""

import http.server
import os
import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from lakepass.commands.grants import Level
from lakepass.diagnoses import CATALOGUE
from lakepass.doctor import examination, network
from lakepass.doctor.examination import examine
from lakepass.doctor.report import Report
from lakepass.emulator import Emulator
from lakepass.emulator.identity.tokens import SigningKey, Tokens

from .place import by_name, sql_of, without

PRINCIPAL = ("DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET")
IDENTITY = (*PRINCIPAL, "DATABRICKS_HOST", "PGUSER")
ENDPOINT = "LAKEBASE_ENDPOINT"


@dataclass
class Scene:
    """Where a fault is provoked: a Lakebase, what an app finds, and what is undone afterwards."""

    lakebase: Emulator
    environ: dict[str, str]
    folder: Path
    later: ExitStack

    def but(self, *names: str, **more: str) -> dict[str, str]:
        return without(self.environ, *names, **more)

    def native(self, **more: str) -> dict[str, str]:
        """A native role that may log in, but for what is changed."""
        self.lakebase.faults.set_native_login(True)
        role = f"native_{secrets.token_hex(4)}"
        password = self.lakebase.create_native_role(role)
        return self.but(*IDENTITY, PGUSER=role, PGPASSWORD=password) | more


Provoke = Callable[[Scene], dict[str, str]]


@pytest.fixture
def scene(lakebase: Emulator, environ: dict[str, str], tmp_path: Path) -> Iterator[Scene]:
    environ["DATABRICKS_CONFIG_FILE"] = str(tmp_path / "none")  # no profile of this machine
    with ExitStack() as later:
        yield Scene(lakebase, environ, tmp_path, later)


# What the settings tell.


def pat_without_a_workspace(it: Scene) -> dict[str, str]:
    return it.but(
        *IDENTITY, PGPASSWORD=it.lakebase.personal_access_token, PGUSER="someone@example.com"
    )


def a_profile_that_is_not_there(it: Scene) -> dict[str, str]:
    return it.but(*IDENTITY, DATABRICKS_CONFIG_PROFILE="gone")


def authorities_of_nobody(it: Scene) -> dict[str, str]:
    return it.but(PGSSLROOTCERT=str(it.folder / "nowhere.pem"))


# What the workspace tells.


class _Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>an intranet</html>")

    do_POST = do_GET  # noqa: N815 - the name is the library's

    def log_message(self, *_: object) -> None:
        pass


def another_server(it: Scene) -> dict[str, str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    it.later.callback(thread.join)
    it.later.callback(server.server_close)
    it.later.callback(server.shutdown)
    return it.but(DATABRICKS_HOST=f"http://127.0.0.1:{server.server_port}")


def refused_mint(status: int) -> Provoke:
    def provoke(it: Scene) -> dict[str, str]:
        it.lakebase.faults.fail_credentials(status)
        return it.environ

    return provoke


def token_without_the_scope(it: Scene) -> dict[str, str]:
    token = it.lakebase.user_token(scopes=["iam.current-user:read"])
    return it.but(*PRINCIPAL, "PGUSER", "PGHOST", DATABRICKS_TOKEN=token)


def stopped(it: Scene) -> dict[str, str]:
    it.lakebase.faults.stop_database()
    return it.environ


def an_empty_secret(it: Scene) -> dict[str, str]:
    it.lakebase.put_secret("shop", "empty", "")
    return it.native(**it.but("PGUSER")) | {
        "LAKEBASE_PASSWORD_SECRET": "shop/empty", "LAKEPASS_AUTH": "password", "PGPASSWORD": "",
    }  # fmt: skip


def a_credential_that_has_ended(it: Scene) -> dict[str, str]:
    it.lakebase.faults.set_credential_life(-5)
    return it.environ


# What a login tells.


def a_role_that_may_not_log_in(it: Scene) -> dict[str, str]:
    role = f'"{it.environ["PGUSER"]}"'
    it.later.callback(sql_of, it.lakebase, f"alter role {role} login")
    sql_of(it.lakebase, f"alter role {role} nologin")
    return it.environ


def _tokens(it: Scene, folder: Path) -> Tokens:
    return Tokens(SigningKey.kept_in(folder / "signing-key.pem"), it.lakebase._state.workspace_id)


def an_old_token(it: Scene) -> dict[str, str]:
    token, _ = _tokens(it, it.lakebase.data).credential(it.environ["PGUSER"], -600)
    return it.but(*PRINCIPAL, "DATABRICKS_HOST", PGPASSWORD=token)


def a_foreign_token(it: Scene) -> dict[str, str]:
    token, _ = _tokens(it, it.folder).credential(it.environ["PGUSER"])
    return it.but(*PRINCIPAL, "DATABRICKS_HOST", PGPASSWORD=token)


def a_token_cut_off(it: Scene) -> dict[str, str]:
    token, _ = _tokens(it, it.lakebase.data).credential(it.environ["PGUSER"])
    return it.but(*PRINCIPAL, "DATABRICKS_HOST", PGPASSWORD=token[:200])


def a_role_without_label(it: Scene) -> dict[str, str]:
    role = f"plain_{secrets.token_hex(4)}"
    sql_of(it.lakebase, f'create role "{role}" login')
    return it.but(PGUSER=role)


def native_login_off(it: Scene) -> dict[str, str]:
    environ = it.native()
    it.lakebase.faults.set_native_login(False)
    return environ


def a_wrong_native_password(it: Scene) -> dict[str, str]:
    return it.native(PGPASSWORD="hunter2hunter2")


def a_role_that_may_not_connect(it: Scene) -> dict[str, str]:
    name = f"closed_{secrets.token_hex(4)}"
    sql_of(it.lakebase, f"create database {name}")
    it.later.callback(sql_of, it.lakebase, f"drop database {name}")
    sql_of(it.lakebase, f"revoke connect on database {name} from public")
    return it.but(PGDATABASE=name)


# What the way in tells.


def a_port_of_another_service(it: Scene) -> dict[str, str]:
    return it.but(PGPORT=it.lakebase.workspace_url.rpartition(":")[2])


def a_closed_port(it: Scene) -> dict[str, str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return it.but(PGPORT=str(server.getsockname()[1]))


def a_silent_port(it: Scene) -> dict[str, str]:
    server = it.later.enter_context(socket.create_server(("127.0.0.1", 0)))
    return it.but(PGPORT=str(server.getsockname()[1]))


def blocked(it: Scene) -> dict[str, str]:
    it.lakebase.faults.block_address()
    return it.environ


def blocked_at_the_database(it: Scene) -> dict[str, str]:
    environ = it.native()
    it.lakebase.faults.block_address()
    return environ


def full(it: Scene) -> dict[str, str]:
    it.lakebase.faults.fill_connections()
    return it.environ


def another_time(it: Scene) -> dict[str, str]:
    it.lakebase.faults.skew_clock(-3000)
    return it.environ


def a_token_of_an_old_key(it: Scene) -> dict[str, str]:
    token, _ = _tokens(it, it.lakebase.data).credential(it.environ["PGUSER"])
    it.lakebase.faults.rotate_keys()
    return it.but(*PRINCIPAL, "DATABRICKS_HOST", PGPASSWORD=token)


def asleep_for_long(it: Scene) -> dict[str, str]:
    it.lakebase.faults.sleep_and_refuse(wake_s=600)
    return it.environ


PROVOKED: list[tuple[str, Provoke]] = [
    ("LP-101", lambda it: it.but(ENDPOINT, "PGHOST")),
    ("LP-102", lambda it: it.but(ENDPOINT, LAKEBASE_HOST="elsewhere.example.com")),
    ("LP-102", lambda it: it.but(LAKEBASE_INSTANCE="local")),
    ("LP-103", lambda it: it.but(LAKEBASE_ENDPOINT="shop/production")),
    ("LP-104", lambda it: it.but(PGHOST="https://localhost/sql")),
    ("LP-104", lambda it: it.but(PGHOST="203.0.113.9")),
    ("LP-105", lambda it: it.but(PGPORT="5432/databricks_postgres")),
    ("LP-106", lambda it: it.but(PGSSLMODE="on")),
    ("LP-107", lambda it: it.but(PGSSLMODE="disable")),
    ("LP-107", lambda it: it.but(PGSSLMODE="prefer")),
    ("LP-108", authorities_of_nobody),
    ("LP-109", lambda it: it.but("PGSSLROOTCERT", PGSSLMODE="verify-ca")),
    ("LP-111", lambda it: it.but(DATABRICKS_TOKEN=it.lakebase.personal_access_token)),
    ("LP-112", a_profile_that_is_not_there),
    ("LP-113", lambda it: it.but(LAKEPASS_AUTH="kerberos")),
    ("LP-114", pat_without_a_workspace),
    ("LP-114", lambda it: it.but(PGPASSWORD="dapi0123456789", LAKEPASS_AUTH="password")),
    ("LP-115", lambda it: it.but(*IDENTITY)),
    ("LP-116", lambda it: it.native(PGUSER="")),
    ("LP-117", lambda it: without(it.native(), "PGHOST")),
    ("LP-118", lambda it: it.but(*PRINCIPAL, "PGUSER")),
    ("LP-119", lambda it: it.but(*PRINCIPAL, "PGUSER", DATABRICKS_TOKEN="dapi01234\n56789")),
    ("LP-121", lambda it: it.but("PGHOST", LAKEBASE_ENDPOINT="projects/gone")),
    ("LP-121", lambda it: it.but(ENDPOINT, "PGHOST", LAKEBASE_INSTANCE="gone")),
    ("LP-121", lambda it: it.but(LAKEBASE_PASSWORD_SECRET="gone/gone", LAKEPASS_AUTH="password")),
    ("LP-127", lambda it: it.but(LAKEBASE_PASSWORD_SECRET="password")),
    ("LP-128", lambda it: it.but(PGUSER="nobody", LAKEPASS_AUTH="password")),
    ("LP-131", lambda it: it.but("DATABRICKS_CLIENT_SECRET")),
    ("LP-132", lambda it: it.but("DATABRICKS_HOST")),
    ("LP-133", lambda it: it.but(PGHOST="example.com@localhost")),
    ("LP-134", lambda it: it.but(*IDENTITY, PGUSER="shop", PGPASSWORD="")),
    ("LP-134", an_empty_secret),
    ("LP-202", refused_mint(500)),
    ("LP-203", lambda it: it.but(DATABRICKS_HOST="http://127.0.0.1:1")),
    ("LP-143", lambda it: it.but(DATABRICKS_HOST="http://a workspace")),
    ("LP-203", lambda it: it.but(DATABRICKS_HOST=f"http://localhost:{it.environ['PGPORT']}")),
    ("LP-207", a_credential_that_has_ended),
    ("LP-211", lambda it: it.but(DATABRICKS_CLIENT_SECRET="dose0123456789")),
    ("LP-212", lambda it: it.but(*PRINCIPAL, "PGUSER", DATABRICKS_TOKEN=f"dapi{0:032}")),
    ("LP-213", refused_mint(403)),
    ("LP-215", blocked),
    ("LP-216", another_time),
    ("LP-217", token_without_the_scope),
    ("LP-218", another_server),
    ("LP-301", a_token_cut_off),
    ("LP-302", a_role_without_label),
    ("LP-303", lambda it: it.but(PGUSER="developer@example.com")),
    ("LP-304", lambda it: it.but(PGUSER="nobody@example.com")),
    ("LP-309", a_role_that_may_not_log_in),
    ("LP-310", a_role_that_may_not_connect),
    ("LP-311", an_old_token),
    ("LP-312", a_foreign_token),
    ("LP-312", a_token_of_an_old_key),
    ("LP-313", native_login_off),
    ("LP-314", a_wrong_native_password),
    ("LP-401", lambda it: it.but(PGDATABASE="main")),
    ("LP-402", lambda it: it.native(PGSSLMODE="disable")),
    ("LP-404", blocked_at_the_database),
    ("LP-408", lambda it: it.but("PGSSLROOTCERT")),
    ("LP-409", a_port_of_another_service),
    ("LP-411", stopped),
    ("LP-502", full),
    ("LP-503", asleep_for_long),
    ("LP-505", lambda it: it.native(PGHOST="nowhere.invalid")),
    ("LP-506", a_silent_port),
    ("LP-507", a_closed_port),
]  # fmt: skip


def codes(report: Report) -> list[str]:
    return [fault.code for fault in report.roots]


@pytest.mark.parametrize(
    ("code", "provoke"), PROVOKED, ids=[f"{code}-{n}" for n, (code, _) in enumerate(PROVOKED)]
)
def test_a_fault_is_named_as_the_root_cause(
    scene: Scene,
    code: str,
    provoke: Provoke,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if code in ("LP-502", "LP-503", "LP-506"):  # they wait until a timeout
        monkeypatch.setattr(examination, "LOGIN_S", 3.0)
        monkeypatch.setattr(network, "ANSWER_S", 1.0)
    report = examine(provoke(scene))
    assert codes(report) == [code], "\n".join(report.lines())
    assert report.root_cause is not None
    assert report.root_cause.diagnosis is CATALOGUE[code]
    printed = "\n".join(report.lines()) + str(report.as_dict())
    for secret in (scene.lakebase.personal_access_token, scene.environ["DATABRICKS_CLIENT_SECRET"]):
        assert secret not in printed


# What needs more than an environment.


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"connections": 100_000}, "LP-508"),
        ({"schemas": ["gone"]}, "LP-601"),
    ],
)
def test_a_fault_behind_the_login_is_the_root_cause(
    environ: dict[str, str], options: dict[str, object], code: str
) -> None:
    report = examine(environ, **options)  # type: ignore[arg-type]  # the options of one call
    assert codes(report) == [code]


@pytest.mark.parametrize(
    ("host", "level", "faults", "notes"),
    [
        ("ep-shop.lakebase.test", Level.WRITE, [], []),
        ("ep-shop-pooler.lakebase.test", None, ["LP-137"], []),
        ("ep-shop-ro.lakebase.test", Level.READ, [], ["LP-138"]),
        ("ep-shop-ro.lakebase.test", None, ["LP-138"], []),
        ("ep-shop-ro.lakebase.test", Level.WRITE, ["LP-138"], []),
    ],
)
@pytest.mark.usefixtures("names_lead_here")
def test_a_host_of_another_kind_is_reported(
    company: Emulator, host: str, level: Level | None, faults: list[str], notes: list[str]
) -> None:
    environ = by_name(company) | {"PGHOST": host}
    report = examine(environ, level=level)
    assert codes(report) == faults, "\n".join(report.lines())
    assert [note.code for note in report.notes] == notes
    if faults:
        assert report.root_cause is not None
        assert report.root_cause.fix.lines == ("export PGHOST=ep-shop.lakebase.test",)


@pytest.mark.usefixtures("names_lead_here")
def test_a_host_of_another_database_is_reported(company: Emulator) -> None:
    report = examine(by_name(company) | {"PGHOST": "elsewhere.lakebase.test"})
    assert codes(report)[0] == "LP-135", "\n".join(report.lines())


@pytest.mark.usefixtures("names_lead_here")
def test_a_host_that_the_workspace_does_not_know_is_reported(company: Emulator) -> None:
    environ = without(by_name(company), ENDPOINT) | {"PGHOST": "elsewhere.lakebase.test"}
    report = examine(environ)
    assert report.root_cause is not None
    assert report.root_cause.code == "LP-123", "\n".join(report.lines())


class _Hanging(_Pages):
    """A workspace that says what it is, and then nothing."""

    def do_GET(self) -> None:
        if "databricks-config" not in self.path:
            self.server.hung.wait(30)  # type: ignore[attr-defined]  # set below
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"oidc_endpoint": "http://127.0.0.1/oidc"}')

    do_POST = do_GET  # noqa: N815 - the name is the library's


def test_a_workspace_that_hangs_is_not_waited_for(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examination, "CHECK_S", 3.0)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Hanging) as server:
        server.hung = threading.Event()  # type: ignore[attr-defined]
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            report = examine(
                environ | {"DATABRICKS_HOST": f"http://127.0.0.1:{server.server_port}"}
            )
        finally:
            server.hung.set()  # type: ignore[attr-defined]
            server.shutdown()
            serving.join()
    assert codes(report) == ["LP-201"], "\n".join(report.lines())


@pytest.mark.parametrize(
    ("code", "variables"),
    [
        ("LP-114", {"LAKEBASE_PASSWORD": "dapi0123456789"}),
        ("LP-133", {"DATABASE_URL": "postgresql://me@example.com@ep-x.example.com/main"}),
        ("LP-139", {"PGSSLMODE": "require", "PGSSLROOTCERT": ""}),
        ("LP-140", {"PGPASSWORD": "a token", "LAKEPASS_AUTH": "password"}),
        ("LP-141", {"DSN": "postgresql://me:eyJhbGciOi.x.y@ep-x.example.com/db"}),
    ],
)
def test_what_works_for_now_is_noted(scene: Scene, code: str, variables: dict[str, str]) -> None:
    if variables.get("PGPASSWORD") == "a token":
        token, _ = _tokens(scene, scene.lakebase.data).credential(scene.environ["PGUSER"])
        variables = variables | {"PGPASSWORD": token}
    report = examine(scene.environ | variables)
    assert [note.code for note in report.notes] == [code], "\n".join(report.lines())
    assert report.is_healthy


def doctor_in(environ: dict[str, str], libraries: Path) -> subprocess.CompletedProcess[str]:
    """The command as a shell runs it, with something else in front of Python's libraries."""
    return subprocess.run(
        [sys.executable, "-m", "lakepass.cli", "doctor"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(libraries), **environ},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_an_old_sdk_is_reported(environ: dict[str, str], tmp_path: Path) -> None:
    old = tmp_path / "databricks_sdk-0.56.0.dist-info"
    old.mkdir()
    (old / "METADATA").write_text("Metadata-Version: 2.1\nName: databricks-sdk\nVersion: 0.56.0\n")
    done = doctor_in(environ, tmp_path)
    assert done.returncode == 1, done.stderr
    assert "Root cause: LP-136" in done.stdout
    assert 'pip install --upgrade "databricks-sdk>=' in done.stdout


@pytest.mark.parametrize(
    ("ahead_s", "told"), [(3000, "50 minutes ahead"), (-3000, "50 minutes behi")]
)
def test_a_clock_that_is_wrong_is_reported(
    environ: dict[str, str], tmp_path: Path, ahead_s: int, told: str
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        f"import time\nreal = time.time\ntime.time = lambda: real() + {ahead_s}\n"
    )
    done = doctor_in(environ, tmp_path)
    assert done.returncode == 1, done.stderr
    assert "Root cause: LP-216" in done.stdout
    assert told in done.stdout


def a_pat_and_a_wrong_database(it: Scene) -> dict[str, str]:
    """What most people arrive with."""
    token = it.lakebase.personal_access_token
    return it.but(
        *IDENTITY, PGUSER="someone@example.com", LAKEBASE_PASSWORD=token, PGDATABASE="main"
    )


def stopped_and_a_wrong_database(it: Scene) -> dict[str, str]:
    return stopped(it) | {"PGDATABASE": "main"}


DOUBLE = [
    (a_pat_and_a_wrong_database, ["LP-114"], ["LP-401"]),
    (stopped_and_a_wrong_database, ["LP-411"], ["LP-401"]),
    (lambda it: it.but(PGUSER="developer@example.com", PGDATABASE="main"), ["LP-303"], ["LP-401"]),
    (
        lambda it: it.but("PGSSLROOTCERT", DATABRICKS_CLIENT_SECRET="dose01"),
        ["LP-211", "LP-408"],
        [],
    ),
]


@pytest.mark.parametrize(("provoke", "faults", "notes"), DOUBLE, ids=["1", "2", "3", "4"])
def test_of_two_faults_the_first_to_fix_is_the_root(
    scene: Scene, provoke: Provoke, faults: list[str], notes: list[str]
) -> None:
    report = examine(provoke(scene))
    assert codes(report) == faults, "\n".join(report.lines())
    assert report.root_cause is report.roots[0]
    assert [note.code for note in report.notes] == notes


def test_a_second_fault_behind_the_login_is_told_too(environ: dict[str, str]) -> None:
    report = examine(environ, schemas=["gone"], connections=100_000)
    assert codes(report) == ["LP-601", "LP-508"]
    told = report.lines()
    assert told.index("Root cause: LP-601") < told.index("Also: LP-508")
