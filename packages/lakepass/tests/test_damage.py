"""Damage of values: what is found, and that the repair, run in a shell, leaves the right value."""

import os
import subprocess
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from lakepass.emulator import Emulator
from lakepass.target.damage import damage, damages, differs_in_case
from lakepass.target.damage_kinds import DamageKind

HOST = "ep-quiet-river-d4k2.database.us-west-2.cloud.databricks.com"
WORKSPACE = "https://adb-1234567890.1.azuredatabricks.net"
TOKEN = jwt.encode({"sub": "me"}, "k" * 32, algorithm="HS256")
PAT = "dapi" + "0123456789abcdef" * 2
CLIENT_ID = "11111111-2222-3333-4444-555555555555"

REPAIRED = [
    ("PGHOST", f'"{HOST}"', DamageKind.QUOTES, HOST),
    ("PGHOST", f"'{HOST}'", DamageKind.QUOTES, HOST),
    ("PGHOST", f"“{HOST}”", DamageKind.QUOTES, HOST),
    ("PGHOST", f" '{HOST}'\n", DamageKind.QUOTES, HOST),
    ("PGHOST", f"{HOST}\r\n", DamageKind.LINE_BREAK, HOST),
    ("PGHOST", f" {HOST}", DamageKind.BLANKS, HOST),
    ("PGHOST", f"\ufeff{HOST}", DamageKind.INVISIBLE, HOST),
    ("PGHOST", f"{HOST}\u00a0", DamageKind.INVISIBLE, HOST),
    ("PGHOST", f"PGHOST={HOST}", DamageKind.ASSIGNMENT, HOST),
    ("PGHOST", f"https://{HOST}/", DamageKind.URL, HOST),
    ("PGHOST", f"{HOST}:5432", DamageKind.URL, HOST),
    ("PGHOST", f"postgresql://someone:secret@{HOST}:5432/databricks_postgres", DamageKind.URL, HOST),
    ("PGHOST", f"jdbc:postgresql://{HOST}:5432/databricks_postgres", DamageKind.URL, HOST),
    ("PGUSER", "someone@example.com\n", DamageKind.LINE_BREAK, "someone@example.com"),
    ("PGUSER", '"someone@example.com"', DamageKind.QUOTES, "someone@example.com"),
    ("PGPASSWORD", f"Bearer {TOKEN}", DamageKind.BEARER, TOKEN),
    ("PGPASSWORD", f"bearer  {TOKEN}\n", DamageKind.BEARER, TOKEN),
    ("PGPASSWORD", f"Authorization: Bearer {TOKEN}", DamageKind.BEARER, TOKEN),
    ("PGPASSWORD", f'"{TOKEN}"', DamageKind.QUOTES, TOKEN),
    ("PGPASSWORD", f"{TOKEN}\n", DamageKind.LINE_BREAK, TOKEN),
    ("PGPASSWORD", f"{TOKEN[:30]}\n{TOKEN[30:]}", DamageKind.LINE_BREAK, TOKEN),
    ("PGPASSWORD", f"{TOKEN[:30]} {TOKEN[30:]}", DamageKind.BLANKS, TOKEN),
    ("PGPASSWORD", "correct horse\n", DamageKind.LINE_BREAK, "correct horse"),
    ("DATABRICKS_TOKEN", f"Bearer {PAT}", DamageKind.BEARER, PAT),
    ("DATABRICKS_TOKEN", f"`{PAT}`", DamageKind.QUOTES, PAT),
    ("DATABRICKS_CLIENT_SECRET", '"dose0123456789abcdef"', DamageKind.QUOTES, "dose0123456789abcdef"),
    ("DATABRICKS_HOST", f'"{WORKSPACE}"', DamageKind.QUOTES, WORKSPACE),
    ("DATABRICKS_HOST", f"{WORKSPACE}/?o=1234567890", DamageKind.QUERY, WORKSPACE),
    ("DATABRICKS_HOST", f"{WORKSPACE}?o=1234567890", DamageKind.QUERY, WORKSPACE),
    ("DATABRICKS_HOST", f"{WORKSPACE}/?o=1#setting/account", DamageKind.QUERY, WORKSPACE),
    ("DATABRICKS_HOST", f"{WORKSPACE}/browse/folders/1", DamageKind.PATH, WORKSPACE),
    ("PGSSLROOTCERT", "~/my ca.pem", DamageKind.HOME, f"{os.environ['HOME']}/my ca.pem"),
]  # fmt: skip

LOST = [
    ("PGPASSWORD", "${PGPASSWORD}", DamageKind.UNEXPANDED),
    ("PGPASSWORD", "$PGPASSWORD", DamageKind.UNEXPANDED),
    ("PGPASSWORD", "$(lakepass token)", DamageKind.UNEXPANDED),
    ("PGPASSWORD", "'${PGPASSWORD}'", DamageKind.UNEXPANDED),
    ("PGPASSWORD", "%PGPASSWORD%", DamageKind.UNEXPANDED),
    ("LAKEBASE_ENDPOINT", "${resources.postgres_endpoints.shop.name}", DamageKind.UNEXPANDED),
    ("PGHOST", "${var.host-name}", DamageKind.UNEXPANDED),
    ("PGUSER", "r" * 64, DamageKind.TOO_LONG),
    ("PGDATABASE", "é" * 32, DamageKind.TOO_LONG),
    ("PGPASSWORD", "{{secrets/scope/key}}", DamageKind.UNEXPANDED),
    ("PGPASSWORD", "PGPASSWORD", DamageKind.PLACEHOLDER),
    ("PGPASSWORD", "<your OAuth token>", DamageKind.PLACEHOLDER),
    ("PGPASSWORD", "your-password", DamageKind.PLACEHOLDER),
    ("PGPASSWORD", "None", DamageKind.PLACEHOLDER),
    ("PGPASSWORD", "", DamageKind.EMPTY),
    ("PGPASSWORD", ' "" ', DamageKind.EMPTY),
    ("PGPASSWORD", TOKEN[:-1], DamageKind.CUT_OFF),
    ("PGPASSWORD", TOKEN[:40], DamageKind.CUT_OFF),
    ("PGPASSWORD", TOKEN.rpartition(".")[0], DamageKind.CUT_OFF),
    ("DATABRICKS_TOKEN", PAT[:-2], DamageKind.CUT_OFF),
    ("DATABRICKS_CLIENT_ID", "dose0123456789abcdef0123456789abcdef", DamageKind.MIXED_UP),
    ("DATABRICKS_CLIENT_SECRET", CLIENT_ID, DamageKind.MIXED_UP),
    ("DATABRICKS_CLIENT_SECRET", PAT, DamageKind.MIXED_UP),
    ("DATABRICKS_HOST", "https://<workspace>", DamageKind.PLACEHOLDER),
    ("PGHOST", "ep-<words>.database.us-west-2.cloud.databricks.com", DamageKind.PLACEHOLDER),
    ("PGHOST", "10.1.2.3", DamageKind.ADDRESS),
    ("PGHOST", "[2001:db8::1]", DamageKind.ADDRESS),
    ("LAKEBASE_INSTANCE", "projects/shop", DamageKind.RESOURCE_NAME),
    ("LAKEBASE_ENDPOINT", "shop", DamageKind.NOT_A_RESOURCE_NAME),
    ("LAKEBASE_ENDPOINT", HOST, DamageKind.NOT_A_RESOURCE_NAME),
]

SOUND = [
    ("PGHOST", HOST),
    ("PGHOST", "127.0.0.1"),
    ("PGHOST", "::1"),
    ("PGUSER", "someone@example.com"),
    ("PGUSER", "app's own role"),
    ("PGUSER", "my-app"),
    ("PGUSER", "r" * 63),
    ("PGDATABASE", "databricks_postgres"),
    ("PGPASSWORD", TOKEN),
    ("PGPASSWORD", PAT),  # the wrong kind, but whole
    ("PGPASSWORD", "correct horse battery"),
    ("PGPASSWORD", 'ends with a quote"'),
    ("PGPASSWORD", "$ecret"),
    ("DATABRICKS_TOKEN", PAT),
    ("DATABRICKS_TOKEN", f"{PAT}-2"),
    ("DATABRICKS_CLIENT_ID", CLIENT_ID),
    ("DATABRICKS_CLIENT_SECRET", "dose0123456789abcdef0123456789abcdef"),
    ("DATABRICKS_HOST", WORKSPACE),
    ("DATABRICKS_HOST", f"{WORKSPACE}/"),
    ("DATABRICKS_HOST", "http://127.0.0.1:8080"),
    ("LAKEBASE_ENDPOINT", "projects/shop/branches/production/endpoints/primary"),
    ("LAKEBASE_INSTANCE", "my-instance"),
]


@pytest.mark.parametrize(("variable", "value", "kind", "right"), REPAIRED)
def test_the_repair_run_in_a_shell_leaves_the_right_value(
    variable: str, value: str, kind: DamageKind, right: str
) -> None:
    found = damage(variable, value)
    assert found is not None
    assert found.kind is kind
    done = subprocess.run(
        ["sh", "-c", f'{found.repair}; printf %s "${variable}"'],
        env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], variable: value},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == (right, "")
    assert damage(variable, right) is None


@pytest.mark.parametrize(("variable", "value", "kind"), LOST)
def test_what_cannot_be_repaired_is_named(variable: str, value: str, kind: DamageKind) -> None:
    found = damage(variable, value)
    assert found is not None
    assert found.kind is kind
    assert variable in found.happened
    assert found.fix.startswith((f"export {variable}=<", f"unset {variable}", "export LAKEBASE_"))


@pytest.mark.parametrize(("variable", "value"), SOUND)
def test_a_sound_value_has_no_damage(variable: str, value: str) -> None:
    assert damage(variable, value) is None


@pytest.mark.parametrize(("variable", "value"), [row[:2] for row in (*REPAIRED, *LOST)])
def test_no_secret_is_in_what_is_said_of_it(variable: str, value: str) -> None:
    found = damage(variable, value)
    assert found is not None
    for secret in (TOKEN[:20], PAT[:12], "dose0123", ":secret@", "correct"):
        assert secret not in found.happened + found.repair


def test_what_the_emulator_sets_and_issues_is_sound(emulator: Emulator) -> None:
    environ = emulator.environment()
    token = emulator.personal_access_token
    assert damages(environ | {"DATABRICKS_TOKEN": token}) == []


def test_all_variables_of_an_environment_are_looked_at() -> None:
    found = damages({"PGUSER": "a\n", "PGHOST": f"'{HOST}'", "HOME": "'x'"})
    assert [(one.variable, one.kind) for one in found] == [
        ("PGHOST", DamageKind.QUOTES),
        ("PGUSER", DamageKind.LINE_BREAK),
    ]


def test_names_that_differ_in_the_case_of_letters_only() -> None:
    assert differs_in_case("ana.lopez@example.com", "Ana.Lopez@example.com")
    assert not differs_in_case("ana", "ana")
    assert not differs_in_case("ana", "anna")


def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


KEYS: dict[str, Callable[[], Any]] = {
    "RS256": lambda: rsa_key(2048),
    "RS384": lambda: rsa_key(3072),
    "RS512": lambda: rsa_key(4096),
    "PS256": lambda: rsa_key(2048),
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ES384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "ES512": lambda: ec.generate_private_key(ec.SECP521R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
    "HS256": lambda: "k" * 32,
}


@pytest.mark.parametrize("algorithm", KEYS)
def test_no_whole_token_is_said_to_be_cut_off_and_every_shorter_one_is(algorithm: str) -> None:
    key = KEYS[algorithm]()
    for length in range(40):
        token = jwt.encode({"sub": "x" * length}, key, algorithm, headers={"kid": "k" * length})
        assert damage("PGPASSWORD", token) is None
        for cut in (1, 2, 3, 4, 19, 20, 21, 30):
            found = damage("PGPASSWORD", token[:-cut])
            assert found is not None
            assert found.kind is DamageKind.CUT_OFF
