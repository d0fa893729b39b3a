"""`lakepass explain`: what Postgres and its clients say in other languages."""

import json
import re
from pathlib import Path

import pytest

from lakepass.doctor import translations
from lakepass.doctor.logs import recognise

FILE = Path(translations.__file__).with_name("translations.json")
MESSAGES: dict[str, dict[str, list[str]]] = json.loads(FILE.read_text("utf-8"))["messages"]
# Messages in English, and the code of each.
OF_THE_SERVER = {
    'password authentication failed for user "%s"': "LP-308",
    'role "%s" does not exist': "LP-304",
    'role "%s" is not permitted to log in': "LP-309",
    "empty password returned by client": "LP-305",
    'database "%s" does not exist': "LP-401",
    'permission denied for database "%s"': "LP-310",
    "sorry, too many clients already": "LP-502",
    "the database system is starting up": "LP-503",
    "terminating connection due to administrator command": "LP-503",
    "remaining connection slots are reserved for roles with the %s attribute": "LP-502",
    "terminating connection due to transaction timeout": "LP-614",
    'schema "%s" does not exist': "LP-601",
    "permission denied for schema %s": "LP-606",
    "permission denied for table %s": "LP-606",
    "permission denied for sequence %s": "LP-606",
    'relation "%s" does not exist': "LP-608",
    "must be owner of table %s": "LP-609",
    "permission denied for database %s": "LP-610",
    "deadlock detected": "LP-615",
    "cannot execute %s in a read-only transaction": "LP-138",
    "current transaction is aborted, commands ignored until end of transaction block": "LP-611",
}
OF_THE_CLIENT = {
    'could not translate host name "%s" to address: %s': "LP-505",
    "Connection refused": "LP-507",
    "timeout expired": "LP-506",
    "Connection timed out": "LP-506",
    "server does not support SSL, but SSL was required": "LP-409",
    "SSL connection has been closed unexpectedly": "LP-507",
    "server closed the connection unexpectedly": "LP-507",
    'server certificate for "%s" does not match host name "%s"': "LP-408",
    'root certificate file "%s" does not exist': "LP-108",
    'private key file "%s" is not a regular file': "LP-108",
    "no OAuth flows are available (try installing the libpq-oauth package)": "LP-146",
    "protocol version not supported by server: client uses %u.%u, server supports up to %u.%u": "LP-406",
    'unexpected spaces found in "%s", use percent-encoded spaces (%%20) instead': "LP-133",
}
HARMLESS = [
    f'{kind} "%s" does not exist, skipping'
    for kind in ("role", "schema", "table", "relation", "database")
]


def translated(language: str, message: str, name: str = "shop") -> list[str]:
    """A message in a language as each version of Postgres has it, with a name in each of its holes."""
    wordings = MESSAGES[language].get(message, [])
    return [re.sub(r"%(?:\d\$)?[a-z]", name, one).replace("%%", "%") for one in wordings]


def first(language: str, message: str, name: str = "shop") -> str:
    return next(iter(translated(language, message, name)), "")


def certain(text: str) -> set[str]:
    return {one.code for one in recognise(text) if one.is_sure}


@pytest.mark.parametrize("language", MESSAGES)
def test_messages_of_the_server_are_recognised_in_each_language(language: str) -> None:
    severity = first(language, "ERROR") or "ERROR"
    wrong = {
        text: message
        for message, code in OF_THE_SERVER.items()
        for text in translated(language, message)
        if certain(f"psycopg.OperationalError: {severity}:  {text}\n") != {code}
    }
    assert wrong == {}


@pytest.mark.parametrize("language", MESSAGES)
def test_messages_of_clients_are_recognised_in_each_language(language: str) -> None:
    begin = 'connection to server at "%s" (%s), port %s failed: '
    before = first(language, begin, "203.0.113.9").rstrip() or begin.replace("%s", "203.0.113.9")
    wrong = {
        text: message
        for message, code in OF_THE_CLIENT.items()
        for text in translated(language, message)
        if certain(f"psql: {before} {text}\n") != {code}
    }
    assert wrong == {}


@pytest.mark.parametrize("language", [*MESSAGES, "en"])
def test_notices_are_no_errors_in_any_language(language: str) -> None:
    notices = [
        text
        for one in HARMLESS
        for text in (translated(language, one) if language in MESSAGES else [one % "shop"])
    ]
    severity = (first(language, "NOTICE") if language in MESSAGES else "") or "NOTICE"
    for notice in notices:
        assert recognise(f"psql:setup.sql:3: {severity}:  {notice}\nDROP TABLE\n") == [], notice
    assert recognise("Rolle »app« existiert nicht, wird übersprungen") == []


def test_the_names_of_a_message_are_in_the_fix_and_the_line_is_quoted_as_it_is() -> None:
    line = "psycopg2.errors.InsufficientPrivilege: FEHLER:  keine Berechtigung für Schema waren"
    [found] = recognise(line)
    assert "waren" in "\n".join(found.lines)
    assert found.quote == line


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("LP-304", "FATAL:  le rôle\n« app » n'existe pas"),
        ("LP-304", json.dumps({"msg": 'ОШИБКА:  роль "app" не существует'})),
        ("LP-308", "FATAL:  Passwort-Authentifizierung für Benutzer „app“ fehlgeschlagen"),
        (
            "LP-609",
            "asyncpg.InsufficientPrivilegeError: テーブルordersの所有者である必要があります",
        ),
    ],
)
def test_they_are_recognised_in_whatever_a_log_makes_of_them(code: str, text: str) -> None:
    assert certain(text) == {code}


# A message as a console or a logger of another encoding shows it.
IN_GERMAN = "FATAL:  Passwort-Authentifizierung für Benutzer »app« fehlgeschlagen"
IN_SPANISH = "FATAL:  la autentificación password falló para el usuario «app»"
IN_FRENCH = "FATAL:  authentification par mot de passe échouée pour l'utilisateur « app »"
IN_RUSSIAN = 'ВАЖНО:  пользователь "app" не прошёл проверку подлинности (по паролю)'


@pytest.mark.parametrize("text", [IN_GERMAN, IN_SPANISH, IN_FRENCH])
@pytest.mark.parametrize(
    ("written", "read"), [("utf-8", "cp1252"), ("cp1252", "cp850"), ("cp850", "cp1252")]
)
def test_letters_that_were_read_in_another_encoding(text: str, written: str, read: str) -> None:
    damaged = text.encode(written, "replace").decode(read, "replace")
    [found] = recognise(f"psql: {damaged}")
    assert (found.code, found.is_sure) == ("LP-308", True)
    assert "app" in f"{found.cause} {found.lines}" or read == "cp850"


@pytest.mark.parametrize("text", [IN_GERMAN, IN_SPANISH, IN_FRENCH])
@pytest.mark.parametrize("instead", ["\ufffd", "?"])
def test_letters_that_were_replaced(text: str, instead: str) -> None:
    assert certain(f"psql: {re.sub(r'[^ -~]', instead, text)}") == {"LP-308"}


def test_cyrillic_letters_that_were_read_as_those_of_windows() -> None:
    assert certain(f"psql: {IN_RUSSIAN.encode().decode('cp1251')}") == {"LP-308"}


def test_a_question_is_not_damage() -> None:
    text = "INFO role app? schema shop? See https://example.com/?q=server&role=app\n" * 30
    assert translations.in_english(text) == text


def test_a_long_text_in_english_is_read_without_looking_for_each_message() -> None:
    assert translations.in_english(text := "INFO all is well here\n" * 10_000) == text


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("LP-308", "psycopg.errors.InvalidPassword: connection failed: …"),
        ("LP-401", "asyncpg.exceptions.InvalidCatalogNameError: …"),
        ("LP-502", "asyncpg.exceptions.TooManyConnectionsError: …"),
        ("LP-138", "sqlalchemy.exc.InternalError: (psycopg2.errors.ReadOnlySqlTransaction) …"),
        ("LP-611", "PG::InFailedSqlTransaction: …"),
        ("LP-615", "asyncpg.exceptions.DeadlockDetectedError: …"),
        ("LP-503", "** (Postgrex.Error) FATAL 57P03 (cannot_connect_now) …"),
        (
            "LP-507",
            'psql: error: connection to server at "h", port 5432 failed: … (0x0000274D/10061)',
        ),
    ],
)
def test_classes_of_drivers_say_the_cause_whatever_the_text(code: str, line: str) -> None:
    assert certain(line) == {code}


def test_a_class_with_several_causes_is_only_suspected_and_gives_way_to_the_text() -> None:
    [found] = recognise("psycopg.errors.InsufficientPrivilege: …")
    assert (found.code, found.is_sure) == ("LP-606", False)
    owner = "psycopg.errors.InsufficientPrivilege: doit être le propriétaire de la table orders"
    assert {one.code for one in recognise(owner)} == {"LP-609"}


@pytest.mark.parametrize(
    "text",
    [
        "[INSUFFICIENT_PERMISSIONS] User does not have USE SCHEMA on Schema 'main.a'. SQLSTATE: 42501",
        "SQL access control error: Insufficient privileges on schema 'PUBLIC' SQLSTATE 42501",
        "SQL0551N  The authorization ID does not have the required authorization. SQLSTATE=42501",
    ],
)
def test_a_standard_sqlstate_alone_does_not_speak_of_postgres(text: str) -> None:
    assert recognise(text) == []


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (IN_GERMAN, "cp1252"),
        (IN_SPANISH, "cp850"),
        (IN_RUSSIAN, "cp1251"),
        (IN_RUSSIAN, "cp866"),
        ('FATAL:  ユーザー"app"のパスワード認証に失敗しました', "cp932"),
        ('致命错误:  用户 "app" Password 认证失败', "gbk"),
    ],
)
def test_a_file_is_read_in_the_encoding_in_which_it_says_something(
    text: str, encoding: str
) -> None:
    written = f"2026-11-30 LOG:  x\n{text}\n".encode(encoding)
    assert certain(translations.in_its_encoding(written) or "") == {"LP-308"}
    assert translations.in_its_encoding("Bestellung für Müller\n".encode(encoding="cp1252")) is None
