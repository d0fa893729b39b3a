"""`lakepass explain` prints no secret of a text, in whatever form the text has it."""

import pytest

from lakepass.doctor.logs import as_dict, lines, recognise
from lakepass.doctor.masking import masked

# The password is Zx9plover77, with characters in it that end a part of a URL or a setting.
SECRETS = [
    "my password is Zx9plover77, is that wrong?",
    "my password is plover",
    "any ideas? password is Zx9&plover77 btw",
    "--password Zx9plover77 --user app",
    "--db-password=Zx9plover77",
    "client -uroot -pZx9plover77 shop",
    "sshpass -p plover psql",
    "curl -u app:Zx9plover77 https://host",
    "host.example.com:5432:shop:app:Zx9plover77",
    "<password>Zx9plover77</password>",
    "<td>Password</td><td>Zx9plover77</td>",
    '<property name="password" value="Zx9plover77"/>',
    '{"name": "PGPASSWORD", "value": "Zx9plover77"}',
    '{"client_secret": "Zx9"plover77", "a": 1}',
    f"postgresql://app:{'Zx9'}@plover77@h/d",
    "postgresql://app:Zx9/plover77@h/d",
    "postgresql://app:9/Zx9plover77@h/d",
    "postgresql://app:Zx9#?plover77@h/d",
    '"postgresql://app:Zx9 plover77@h/d"',
    "DB_PASS=Zx9plover77",
    "PGPASSWORD=Zx9,plover77;)'plover",
    "Password=Zx9&plover77;Database=databricks_postgres",
    "jdbc:postgresql://h/d?user=ana@example.com&password=Zx9&plover77",
    "password='Zx9 plover77'",
    "PGPASSWORD=“Zx9 plover77”",
    "$env:PGPASSWORD = plover",
    "password => 'Zx9plover77'",
    "AWS_SECRET_ACCESS_KEY=Zx9/plover77",
    "X-Api-Key: Zx9plover77",
    "Passwort: Zx9plover77",
    "Mot de passe : Zx9plover77",
    "contraseña: Zx9plover77",
    "пароль: Zx9plover77",
    "password=\n  Zx9plover77",
    "connecting with password Zx9plover77 to app",
    "host=h user=app password=Zx9 plover77 dbname=d",
    'os.environ.get("PGPASSWORD", "Zx9plover77")',
    "?password%3DZx9plover77",
    "log: user=app:Zx9plover77",
    'Config { auth: Some(Secret("Zx9plover77")) }',
    "SecretStr('Zx9plover77')",
]  # fmt: skip

# Of URLs that are not encoded: libpq, psycopg, Python, Go, Node, Prisma and JDBC quote a part of them.
OF_DRIVERS = [
    'psycopg.ProgrammingError: invalid connection option "me@example.com:plover"',
    "psql: Fehler: konnte Hostnamen »9plover@ep-x.database.us-east-1.cloud.databricks.com« nicht in "
    "Adresse übersetzen: Der Name oder der Dienst ist nicht bekannt",
    "psql : erreur : numéro de port invalide : « 9plover@ep-x »",
    'psycopg2.OperationalError: invalid integer value "Zx9plover" for connection option "port"',
    'could not translate host name "9plover@ep-x.database.us-east-1.cloud.databricks.com" to address',
    'psycopg2.ProgrammingError: invalid dsn: missing "=" after "9plover" in connection info string',
    'psql: error: invalid port number: "plover@ep-x.database.us-east-1.cloud.databricks.com:5432"',
    'psql: error: invalid percent-encoded token: "Zx9%plover"',
    "postgres: ValueError: Port could not be cast to integer value as 'plover'",
    "sqlalchemy ValueError: invalid literal for int() with base 10: 'plover@ep-x'",
    'parse "postgres://app:Zx9#plover@h/d": net/url: invalid port ":Zx9" after host',
    "getaddrinfo ENOTFOUND plover@ep-x.database.us-east-1.cloud.databricks.com",
    "Can't reach database server at `plover@ep-x.database.cloud.databricks.com`:`5432`",
    "dial tcp: lookup plover@ep-x.database.cloud.databricks.com on 10.0.0.2:53: no such host",
    "JDBC URL port: plover@ep-x.database.cloud.databricks.com not valid (1:65535)",
]
REFUSED = 'FATAL: role "a" does not exist'


@pytest.mark.parametrize("text", SECRETS)
def test_a_secret_on_the_quoted_line_is_masked(text: str) -> None:
    found = recognise(f"{text} {REFUSED}")
    assert "LP-304" in {one.code for one in found}
    said = "\n".join(lines(found)) + str(as_dict(found))
    assert "plover" not in said
    assert "Zx9" not in said


@pytest.mark.parametrize("text", OF_DRIVERS)
def test_the_part_of_a_password_that_a_driver_quotes_is_masked(text: str) -> None:
    found = recognise(text)
    assert found
    said = "\n".join(lines(found)) + str(as_dict(found))
    assert "plover" not in said
    assert "Zx9" not in said


@pytest.mark.parametrize(
    "line",
    [
        "WARNING token: could not mint credential: Provided OAuth token does not have",
        'asyncpg.exceptions.InvalidPasswordError: password authentication failed for user "app"',
        'Failed to decode token for role "someone@example.com"',
        "the token is expired, the password is wrong",
        "Enter password: psql: error: FATAL",
        "(1045, using password: YES)",
        "with password 28P01, token a1 of 2",
        "docker run -p 8080:80 -p5432:5432; mkdir -path",
        "https://files.pythonhosted.org:443/x@1",
        "jdbc:postgresql://ep-x:5432/db?user=ana@example.com&sslmode=require",
        'invalid port number: "None"',
        'invalid integer value "5432/db" for connection option "port"',
        'could not translate host name "ep-x.database.com" to address',
    ],
)
def test_what_is_not_secret_is_quoted_as_it_is(line: str) -> None:
    assert masked([line], 1) == line


def test_a_line_after_an_empty_setting_is_a_secret_if_it_is_nothing_else() -> None:
    assert masked(["password:", "plover"], 2) == "[secret]"
    assert masked(["PGPASSWORD=", "FATAL: empty password"], 2) == "FATAL: empty password"
