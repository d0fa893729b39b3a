"""One login through each client, unmodified: its outcome, and how it words a refusal."""

import asyncio
import json
import os
import re
import ssl
import subprocess
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

import asyncpg
import psycopg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from packages.lakepass.tests.emulator.conftest import all_closed

WHO = "SELECT current_user"


@dataclass(frozen=True)
class Login:
    """What every client is told, each in its own way. authority: the file of its certificate."""

    port: int
    user: str
    password: str
    authority: str
    host: str = "localhost"
    database: str = "databricks_postgres"
    has_tls: bool = True

    @property
    def sslmode(self) -> str:
        return "verify-full" if self.has_tls else "disable"

    @property
    def context(self) -> ssl.SSLContext | bool:
        return ssl.create_default_context(cafile=self.authority) if self.has_tls else False


@dataclass(frozen=True)
class Refusal:
    """What a client tells of a refusal; None where it says nothing of it. printed: as in a log."""

    text: str
    severity: str | None = None
    code: str | None = None
    detail: str | None = None
    printed: str = field(default="", compare=False)


class Client:
    """A way to log in.

    shows: what it tells of a refusal beside the text. unsent: how it refuses an empty password by
    itself, if it does.
    """

    shows: ClassVar[tuple[str, ...]] = ("severity", "code", "detail")
    unsent: ClassVar[Refusal | None] = None

    def log_in(self, login: Login) -> str | Refusal:
        """The role it came to be, or how it was refused."""
        raise NotImplementedError

    def shown(self, refusal: Refusal) -> Refusal:
        """As much of it as this client tells."""
        hidden: Mapping[str, Any] = dict.fromkeys({"severity", "code", "detail"} - {*self.shows})
        return replace(refusal, **hidden)


def _of_libpq(text: str) -> Refusal:
    """libpq puts the address first, and gives no SQLSTATE of what happens while connecting."""
    told = text.strip().rpartition("failed: ")[2]
    fields = re.fullmatch(r"(FATAL|ERROR):  (.*?)(?:\nDETAIL:  (.*))?", told, re.DOTALL)
    if fields is None:
        return Refusal(told, printed=text)
    return Refusal(fields[2], severity=fields[1], detail=fields[3], printed=text)


def _logged(error: Exception) -> str:
    return "".join(traceback.format_exception_only(error))


class Psql(Client):
    shows = ("severity", "detail")
    unsent = Refusal("fe_sendauth: no password supplied")

    def log_in(self, login: Login) -> str | Refusal:
        return self.run(
            PGHOST=login.host,
            PGPORT=str(login.port),
            PGUSER=login.user,
            PGPASSWORD=login.password,
            PGDATABASE=login.database,
            PGSSLMODE=login.sslmode,
            PGSSLROOTCERT=login.authority,
        )

    def run(self, *arguments: str, **variables: str) -> str | Refusal:
        # libpq asks for GSS encryption where Kerberos has a ticket for it, which a laptop may.
        environ = {"PATH": os.environ["PATH"], "PGGSSENCMODE": "disable", **variables}
        command = ["psql", "--no-psqlrc", "--no-password", "-Atc", WHO, *arguments]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else _of_libpq(done.stderr)


class Psycopg(Client):
    shows = ("severity", "detail")
    unsent = Refusal("fe_sendauth: no password supplied")

    def log_in(self, login: Login) -> str | Refusal:
        try:
            with psycopg.connect(**self.arguments(login)) as connection:
                return str(connection.execute(WHO).fetchone()[0])  # type: ignore[index]
        except psycopg.OperationalError as error:
            return replace(_of_libpq(str(error)), code=error.sqlstate, printed=_logged(error))

    def arguments(self, login: Login) -> dict[str, Any]:
        return {
            "host": login.host,
            "port": login.port,
            "user": login.user,
            "password": login.password,
            "dbname": login.database,
            "sslmode": login.sslmode,
            "sslrootcert": login.authority,
        }


class SqlalchemyPsycopg(Psycopg):
    def log_in(self, login: Login) -> str | Refusal:
        arguments = self.arguments(login)
        engine = sa.create_engine("postgresql+psycopg://", connect_args=arguments)
        try:
            with engine.connect() as connection:
                return str(connection.scalar(sa.text(WHO)))
        except sa.exc.OperationalError as error:
            return replace(_of_libpq(str(error.orig)), printed=_logged(error))
        finally:
            engine.dispose()


class Asyncpg(Client):
    def log_in(self, login: Login) -> str | Refusal:
        async def log_in() -> str:
            try:
                connection = await asyncpg.connect(**self.arguments(login))
                who = await connection.fetchval(WHO)
                await connection.close()
                return str(who)
            finally:
                await all_closed()

        try:
            return asyncio.run(log_in())
        except asyncpg.PostgresError as error:
            told = error.as_dict()
            return Refusal(
                told["message"],
                told["severity"],
                told["sqlstate"],
                told.get("detail"),
                printed=_logged(error),
            )
        except OSError as error:
            return Refusal(str(error), printed=_logged(error))

    def arguments(self, login: Login) -> dict[str, Any]:
        return {
            "host": login.host,
            "port": login.port,
            "user": login.user,
            "password": login.password,
            "database": login.database,
            "ssl": login.context,
        }


class SqlalchemyAsyncpg(Asyncpg):
    shows = ("code",)

    def log_in(self, login: Login) -> str | Refusal:
        async def log_in() -> str:
            arguments = self.arguments(login)
            engine = create_async_engine("postgresql+asyncpg://", connect_args=arguments)
            try:
                async with engine.connect() as connection:
                    return str(await connection.scalar(sa.text(WHO)))
            finally:
                await engine.dispose()
                await all_closed()

        try:
            return asyncio.run(log_in())
        except sa.exc.DBAPIError as error:
            code = error.orig.sqlstate  # type: ignore[union-attr]
            return Refusal(str(error.orig), code=code, printed=_logged(error))
        except OSError as error:
            return Refusal(str(error), printed=_logged(error))


class Program(Client):
    """A program that answers line by line, so that it is started once for many logins."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self._process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, line: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(line, file=self._process.stdin, flush=True)
        return self._process.stdout.readline().rstrip("\n")

    def close(self) -> None:
        self._process.communicate()


class Jdbc(Program):
    def log_in(self, login: Login) -> str | Refusal:
        query = {"user": login.user, "sslmode": login.sslmode, "sslrootcert": login.authority}
        address = f"{login.host}:{login.port}/{login.database}"
        url = f"jdbc:postgresql://{address}?{urlencode(query, quote_via=quote)}"
        return self.open(url, login.password)

    def open(self, url: str, password: str) -> str | Refusal:
        code, _, text = self.ask(f"{url}\t{password}").replace("\\n", "\n").partition("\t")
        if code == "in":
            return text
        printed = f"org.postgresql.util.PSQLException: {text}"
        told = re.fullmatch(r"(FATAL|ERROR): (.*?)(?:\n  Detail: (.*))?", text, re.DOTALL)
        if told is None:
            return Refusal(text, code=code, printed=printed)
        return Refusal(told[2], told[1], code, told[3], printed)


class Node(Program):
    def log_in(self, login: Login) -> str | Refusal:
        tls = {"ca": Path(login.authority).read_text()} if login.has_tls else False
        return self.open(
            host=login.host,
            port=login.port,
            user=login.user,
            password=login.password,
            database=login.database,
            ssl=tls,
        )

    def open(self, **options: object) -> str | Refusal:
        told = json.loads(self.ask(json.dumps(options)))
        if "in" in told:
            return str(told["in"])
        fields = ("message", "severity", "code", "detail", "printed")
        return Refusal(*map(told.get, fields))
