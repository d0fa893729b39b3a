"""A workspace on this machine that `databricks` deploys to: the local Lakebase, and a stand-in of Apps.

    python -m tools.rehearsal.workspace --config docs/local.toml

prints, as one line of JSON, what `lakepass emulator --json` prints. Its `env` signs a shell in as the
first user for an hour, as `databricks auth login` would; PATH begins with a folder that has the command
`databricks`, and REHEARSAL_WORKSPACE says where that command reaches us.

Of the CLI it knows what `make deploy` uses, as version 1.3.0 does it; the rest is refused. Secrets and
identities are the emulator's. There is one app, of the name that the configuration has.

Source of commands and output: github.com/databricks/cli, acceptance tests. Assumed: what is printed
while deploying.
"""

import argparse
import asyncio
import json
import os
import shlex
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from databricks.sdk import WorkspaceClient
from databricks.sdk.errors.base import DatabricksError
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from lakepass.emulator import Emulator, running_emulator
from storefront.deploy.bundle import Target, environment_in, targets_of
from storefront.deploy.environment import resolved
from storefront.deploy.located import read
from tools.rehearsal.platform import Deployment, install, upload
from tools.rehearsal.proxy import AppsProxy, served

VERSION = "1.3.0"


class Refused(Exception):
    """A command that ends with exit code 1, and this on standard error."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the command. options: values by their long names; words: what is left."""

    words: tuple[str, ...]
    options: Mapping[str, list[str]]
    stdin: str
    folder: Path
    client: WorkspaceClient

    def option(self, name: str, otherwise: str = "") -> str:
        """The last value of an option."""
        return self.options.get(name, [otherwise])[-1]


class Workspace:
    """What the command `databricks` does; an ASGI application that it sends its calls to."""

    def __init__(self, emulator: Emulator, folder: Path, proxy: AppsProxy, app_url: str) -> None:
        self._emulator = emulator
        self._folder = folder
        self._proxy = proxy
        self._app_url = app_url
        self._app: Deployment | None = None
        self._commands: dict[tuple[str, ...], Callable[[Call], object]] = {
            ("current-user", "me"): self._me,
            ("auth", "profiles"): self._profiles,
            ("bundle", "validate"): self._validate,
            ("apps", "get"): self._get_app,
            ("secrets", "list-scopes"): lambda call: _plain(call.client.secrets.list_scopes()),
            ("secrets", "list-secrets"): lambda call: _plain(
                call.client.secrets.list_secrets(call.words[2])
            ),
            ("secrets", "create-scope"): lambda call: call.client.secrets.create_scope(
                call.words[2]
            ),
            ("secrets", "put-secret"): self._put_secret,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call of the command."""
        if scope["type"] != "http":
            return
        asked = await Request(scope, receive).json()
        try:
            answer = {"code": 0, "out": await self._answer(asked), "err": ""}
        except (Refused, DatabricksError, AssertionError, OSError, ValueError) as error:
            answer = {"code": 1, "out": "", "err": f"Error: {error}\n"}
        await JSONResponse(answer)(scope, receive, send)

    async def _answer(self, asked: Mapping[str, Any]) -> str:
        words, options = _parsed(asked["argv"])
        if "version" in options or words == ("version",):
            return f"Databricks CLI v{VERSION}\n"
        environ = asked["env"]
        client = await asyncio.to_thread(
            WorkspaceClient,
            host=environ.get("DATABRICKS_HOST"),
            token=environ.get("DATABRICKS_TOKEN"),
        )
        call = Call(words, options, asked["stdin"], Path(asked["cwd"]), client)
        if words == ("bundle", "deploy"):
            return await self._deploy(call)
        command = self._commands.get(words[:2])
        if command is None:
            raise Refused(f"the rehearsal does not know `databricks {shlex.join(words)}`")
        found = await asyncio.to_thread(command, call)
        return "" if found is None else json.dumps(found, indent=2) + "\n"

    @staticmethod
    def _me(call: Call) -> object:
        me = call.client.current_user.me()
        return {"id": me.id, "userName": me.user_name}

    @staticmethod
    def _profiles(_: Call) -> object:
        return {"profiles": []}

    @staticmethod
    def _validate(call: Call) -> object:
        target = _target(call)
        values = _values(target, call)
        [(key, app)] = target.apps()
        return {
            "bundle": {"name": "storefront", "target": target.name},
            "resources": {"apps": {key: {"name": resolved(app.get("name"), values)}}},
            "variables": {name: {"value": value} for name, value in values.items()},
        }

    def _get_app(self, call: Call) -> object:
        found = call.client.apps.get(call.words[2]).as_dict()
        if self._app is None:  # the emulator's apps are there from the start
            raise Refused(f"App with name {call.words[2]} does not exist or is deleted.")
        return found | {
            "url": self._app_url,
            "service_principal_client_id": self._emulator.app_environment()["PGUSER"],
            "app_status": {"state": "RUNNING"},
        }

    @staticmethod
    def _put_secret(call: Call) -> None:
        call.client.secrets.put_secret(
            call.words[2], call.words[3], string_value=call.stdin.removesuffix("\n")
        )

    async def _deploy(self, call: Call) -> str:
        """Upload the folder, install it, start it as the target says, and end the one before."""
        await asyncio.to_thread(self._me, call)
        command, variables = self._configured(call)
        folder = self._folder / "source_code"
        await asyncio.to_thread(upload, folder, call.folder)
        if self._app is None:
            await asyncio.to_thread(install, folder, is_compiled=False)
        new = await asyncio.to_thread(Deployment, folder, command, variables)
        await new.wait_for("/health")
        former, self._app = self._app, new
        self._proxy.target = new.url
        if former is not None:
            await former.stop()
        verb = "Updated" if former else "Created"
        return (
            f"Uploading bundle files to {folder}...\n{verb} apps.storefront\nDeployment complete!\n"
        )

    def _configured(self, call: Call) -> tuple[list[str], dict[str, str]]:
        """Command and variables of the app, the injected ones included."""
        target = _target(call)
        values = _values(target, call)
        [(_, app)] = target.apps()
        variables = self._emulator.app_environment()
        # The local authority is a private one, and an app's own disk is a folder here.
        variables["PGSSLROOTCERT"] = self._emulator.environment()["PGSSLROOTCERT"]
        for one in environment_in(app, "app").variables:
            if one.source.content is not None:
                variables[one.name] = self._yielded(app, one.source.text, values, call.client)
            else:
                variables[one.name] = resolved(one.value, values) or ""
        variables |= {
            "STORE_PICTURES_DIR": str(self._folder / "pictures"),
            "STORE_MAIL_DIR": str(self._folder / "mail"),
        }
        return [word.text for word in app.get("config", "command").elements()], variables

    def _yielded(
        self, app: Any, key: str, values: Mapping[str, str], client: WorkspaceClient
    ) -> str:
        """What a resource of the app puts into a variable."""
        for resource in app.get("resources").elements():
            if resource.get("name").text != key:
                continue
            if resource.get("postgres").content is not None:
                return self._emulator.endpoint
            secret = resource.get("secret")
            scope = resolved(secret.get("scope"), values) or ""
            found = client.dbutils.secrets.get(scope, secret.get("key").text)
            return str(found)
        raise Refused(f"the app has no resource {key}")

    async def aclose(self) -> None:
        """End the app."""
        if self._app is not None:
            await self._app.stop()


def _parsed(argv: list[str]) -> tuple[tuple[str, ...], dict[str, list[str]]]:
    """Words and options of a command line; `--name value` and `--name=value` are the same."""
    short = {"-o": "--output", "-t": "--target", "-p": "--profile"}
    words: list[str] = []
    options: dict[str, list[str]] = {}
    waiting = iter(argv)
    for word in waiting:
        name, equals, value = short.get(word, word).partition("=")
        if not name.startswith("--"):
            words.append(word)
        elif name in ("--version", "--skip-validate"):
            options[name[2:]] = [""]
        else:
            options.setdefault(name[2:], []).append(value if equals else next(waiting, ""))
    return tuple(words), options


def _target(call: Call) -> Target:
    """The bundle in the caller's folder, as a target sees it. Raises Refused."""
    file = call.folder / "databricks.yml"
    if not file.is_file():
        raise Refused("unable to locate bundle root: databricks.yml not found")
    bundle, findings = read(file.read_text(encoding="utf-8"), file.name)
    if findings:
        raise Refused("\n".join(line for one in findings for line in one.lines()))
    targets = {target.name: target for target in targets_of(bundle)}
    name = call.option("target", "project")
    if name not in targets:
        raise Refused(f"{name}: no such target. Available targets: {', '.join(targets)}")
    return targets[name]


def _values(target: Target, call: Call) -> dict[str, str]:
    """The bundle's variables, with those that the command sets. Raises Refused."""
    values = dict(target.constants)
    for assignment in call.options.get("var", []):
        name, _, value = assignment.partition("=")
        if name not in target.variables:
            raise Refused(f"variable {name} has not been defined")
        values[name] = value
    return values


def _plain(listed: Any) -> list[dict[str, Any]]:
    return [one.as_dict() for one in listed]


async def serve(config: Path | None, stop: asyncio.Event) -> None:
    """Run until stopped; says on standard output how to reach it."""
    with tempfile.TemporaryDirectory() as name, running_emulator(config) as emulator:
        folder = Path(name)
        async with AsyncExitStack() as stack:
            environment = await started(emulator, folder, stack)
            print(json.dumps(emulator.described() | {"env": environment}), flush=True)
            await stop.wait()


async def started(emulator: Emulator, folder: Path, stack: AsyncExitStack) -> dict[str, str]:
    """Start proxy and workspace; returns the variables by which a shell finds all of it."""
    proxy = AppsProxy(
        lambda _who: emulator.user_token(), holder=lambda token: _holder(emulator, token)
    )
    stack.push_async_callback(proxy.aclose)
    app_url = await stack.enter_async_context(served(proxy))
    workspace = Workspace(emulator, folder, proxy, app_url)
    stack.push_async_callback(workspace.aclose)
    address = await stack.enter_async_context(served(workspace))
    commands = folder / "bin"
    commands.mkdir()
    client = Path(__file__).with_name("databricks.py")
    program = commands / "databricks"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -S {client} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    local = emulator.environment()
    return {
        "DATABRICKS_HOST": local["DATABRICKS_HOST"],
        "DATABRICKS_TOKEN": emulator.user_token(),
        "PGPORT": local["PGPORT"],
        "PGSSLROOTCERT": local["PGSSLROOTCERT"],
        "PATH": f"{commands}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "REHEARSAL_WORKSPACE": address,
        "APP_CLIENT_ID": local["DATABRICKS_CLIENT_ID"],
    }


def _holder(emulator: Emulator, token: str) -> str | None:
    """Whose token this is. A personal access token does not pass the proxy of an app."""
    if token.startswith("dapi"):
        return None
    try:
        return WorkspaceClient(host=emulator.workspace_url, token=token).current_user.me().user_name
    except DatabricksError:
        return None


def main() -> int:
    """Serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(
        description="A workspace on this machine that can be deployed to."
    )
    parser.add_argument("--config", type=Path, help="the TOML file of a local Lakebase")
    options = parser.parse_args()

    async def run() -> None:
        stop = asyncio.Event()
        for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(one, stop.set)
        await serve(options.config, stop)

    asyncio.run(run())
    return 0


if __name__ == "__main__":
    sys.exit(main())
