"""Deploys the shop to a Databricks workspace: database, secret, app and migrations; safe to run again.

Each step looks at what is there first. The app migrates its database when it starts, as the owner of its
schema (docs/decisions/0013); the last steps wait for that and check what it serves.
"""

import argparse
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from databricks.sdk.core import Config

from storefront import schema
from storefront.deploy.check import check
from storefront.setting_mistakes import mistakes_in
from tools.deploy import smoke
from tools.deploy.cli import CommandFailed, DatabricksCli, installed_cli
from tools.deploy.problems import Exit, Problem
from tools.deploy.workspace import Workspace, signed_in

ROOT = Path(__file__).parents[2]
_SECRET = "secret-keys"  # noqa: S105 - the name of one
_STAFF_VARIABLE = "BUNDLE_VAR_staff"  # by which the CLI itself is given the bundle's variable


class Deploying:
    """The steps of one deployment, in order. Each returns what it found or did, or raises Problem."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._cli: DatabricksCli
        self._workspace: Workspace
        self._bundle: dict[str, Any] = {}
        self._app: dict[str, Any] = {}
        self._is_dry: bool = options.dry_run
        self._is_closed = False

    def steps(self) -> dict[str, Callable[[], str]]:
        """What is done, by what the report calls it."""
        return {
            "Databricks CLI": self.find_cli,
            "workspace": self.sign_in,
            "app.yaml, databricks.yml": self.check,
            "bundle": self.validate,
            "keys of cookies": self.keep_secret,
            "database and app": self.deploy,
            "address": self.tell_address,
            "migrations": self.migrations,
            "smoke test": self.smoke,
        }

    def find_cli(self) -> str:
        """The CLI that the bundle needs."""
        self._cli, version = installed_cli(self._options.root, os.environ)
        return f"{version} at {self._cli.program}"

    def sign_in(self) -> str:
        """Which workspace, and as whom."""
        self._workspace = signed_in(self._cli, self._options.profile, os.environ)
        return f"{self._workspace.host} as {self._workspace.user}"

    def check(self) -> str:
        """The files against what the platform reads, without asking it."""
        findings = check(self._options.root)
        errors = [one for one in findings if one.severity == "error"]
        if errors:
            raise Problem(
                "The files of the deployment have errors.",
                "\n        ".join(line for one in errors for line in one.lines()),
                "Correct them, then run `storefront check-deploy` until it reports none.",
                Exit.INVALID,
            )
        self._check_staff()
        return f"0 errors, {len(findings)} warnings (storefront check-deploy shows them)"

    def _check_staff(self) -> None:
        """With other values the shop would not start."""
        if found := mistakes_in({"staff": self._staff()}):
            raise Problem(
                "The shop would not start with these members of staff.",
                "\n        ".join(sentence for _, sentence in found),
                "Name them: make deploy STAFF=ann@example.com,bob@example.com",
                Exit.INVALID,
            )

    def validate(self) -> str:
        """The bundle as the CLI resolves it for the target."""
        try:
            self._bundle = self._cli.json("bundle", "validate", *self._target(), *self._variables())
        except CommandFailed as error:
            if "multiple profiles matched" in error.said:
                raise Problem(
                    "It is not clear which profile to deploy with.", error.said,
                    "Name one: make deploy PROFILE=…", Exit.AMBIGUOUS_WORKSPACE,
                ) from error  # fmt: skip
            raise Problem(
                f"The bundle does not validate for the target {self._options.target}.", error.said,
                "Correct databricks.yml as it says, then run `make deploy` again.", Exit.INVALID,
            ) from error  # fmt: skip
        self._app = self._known_app()
        state = f"the app {self._name} is there" if self._app else f"the app {self._name} is new"
        return f"valid for the target {self._options.target}; {state}"

    def keep_secret(self) -> str:
        """The keys that sign visitors' cookies: made once, never replaced here."""
        scope = str(self._bundle["variables"]["secret_scope"]["value"])
        scopes = {one["name"] for one in self._cli.json("secrets", "list-scopes") or []}
        keys = set()
        if scope in scopes:
            keys = {one["key"] for one in self._cli.json("secrets", "list-secrets", scope) or []}
        if _SECRET in keys:
            return f"{scope}/{_SECRET} is there, and stays"
        if not self._is_dry:
            if scope not in scopes:
                self._cli.run("secrets", "create-scope", scope)
            # By standard input: arguments of a process can be read by others on the machine.
            self._cli.run("secrets", "put-secret", scope, _SECRET, stdin=secrets.token_hex(32))
        return self._done(f"created {scope}/{_SECRET}", f"would create {scope}/{_SECRET}")

    def deploy(self) -> str:
        """The bundle: database, rights of the app on it, app; then the app starts, and migrates."""
        would = "would deploy the bundle" if self._app else "would create the database and the app"
        if not self._is_dry:
            self._cli.show("bundle", "deploy", *self._target(), *self._variables())
        return self._done(f"deployed; staff: {self._staff()}", f"{would}; staff: {self._staff()}")

    def tell_address(self) -> str:
        """A new app learns its own address by a second deployment, since the first one makes it."""
        was_known = bool(self._app)
        if self._is_dry:
            return "would be told to the app" if not was_known else str(self._app["url"])
        self._app = self._known_app()
        if not self._app.get("url"):
            raise CommandFailed(["databricks", "apps", "get", self._name], "the app has no address")
        if not was_known:
            self._cli.show("bundle", "deploy", *self._target(), *self._variables())
        client_id = self._app.get("service_principal_client_id", "unknown")
        return f"{self._app['url']}, service principal {client_id}"

    def migrations(self) -> str:
        """Waits until the app has migrated its database."""
        newest = schema.revisions()[0]
        if self._is_dry:
            return f"the app would migrate to {newest} when it starts"
        with self._client() as client:
            try:
                revision = smoke.wait_until_ready(client, self._options.wait_s)
            except smoke.SignInRefused as error:
                self._is_closed = True
                return f"not checked: {error}"
        if schema.is_newer(revision):
            return f"the schema is at {revision}, newer than this code, which runs on it"
        if revision != newest:
            raise smoke.NotWell(f"the schema is at {revision}, and this code is at {newest}")
        return f"the schema is at {revision}"

    def smoke(self) -> str:
        """Pages and API, as the deployer."""
        if self._is_dry:
            return f"would ask for {', '.join(smoke.PATHS)}"
        if self._is_closed:
            return "not checked: open the address in a browser"
        with self._client() as client:
            return f"{smoke.check_paths(client)} addresses answer 200"

    def _client(self) -> httpx.Client:
        config = Config(profile=self._cli.profile)
        return smoke.client_of(self._app["url"], config.authenticate)

    @property
    def _name(self) -> str:
        [app] = self._bundle["resources"]["apps"].values()
        return str(app["name"])

    def _known_app(self) -> dict[str, Any]:
        """The app, if there is one."""
        try:
            found: dict[str, Any] = self._cli.json("apps", "get", self._name)
        except CommandFailed as error:
            if "does not exist" in error.said or "not found" in error.said.lower():
                return {}
            raise
        return found

    def _target(self) -> list[str]:
        return ["--target", self._options.target]

    def _variables(self) -> list[str]:
        values = {} if _STAFF_VARIABLE in os.environ else {"staff": self._staff()}
        if self._app.get("url"):
            values["public_url"] = self._app["url"]
        return [word for name, value in values.items() for word in ("--var", f"{name}={value}")]

    def _staff(self) -> str:
        return str(os.environ.get(_STAFF_VARIABLE) or self._options.staff or self._workspace.user)

    def _done(self, said: str, would: str) -> str:
        return would if self._is_dry else said


def main(argv: list[str] | None = None) -> int:
    """Deploy. Returns the exit code."""
    options = _parser().parse_args(argv)
    steps = Deploying(options).steps()
    for number, (name, act) in enumerate(steps.items(), 1):
        print(f"{number}/{len(steps)}  {name} …", flush=True)
        try:
            seen = act()
        except Problem as problem:
            print(f"     ✗ {problem}", file=sys.stderr)
            return problem.code
        except (CommandFailed, smoke.NotWell) as error:
            print(f"     ✗ {_failure(name, error)}", file=sys.stderr)
            return Exit.FAILED
        print(f"     ✓ {seen}", flush=True)
    print("Nothing was changed: this was a dry run." if options.dry_run else "Deployed.")
    return Exit.DONE


def _failure(step: str, error: Exception) -> Problem:
    """A step that went wrong on the way, which running again may put right."""
    if isinstance(error, CommandFailed):
        return Problem(
            f"`{error.command}` failed.", error.said,
            "Fix what it names and run `make deploy` again: it goes on from what is there.",
            Exit.FAILED,
        )  # fmt: skip
    return Problem(
        f"The shop was deployed, but the {step} did not succeed.", str(error),
        "Read its log (`databricks apps logs storefront`) and docs/deploy.md, \"When it fails\"; then "
        "run `make deploy` again.", Exit.FAILED,
    )  # fmt: skip


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make deploy",
        description="Deploys the shop to a Databricks workspace: its database, the keys of its cookies, "
        "the app, its rights and migrations; then checks what it serves. Safe to run again.",
        epilog="Exit codes: 0 deployed; 1 a step failed; 2 usage error; 3 the Databricks CLI is "
        "missing; 4 it is too old; 5 it is not signed in; 6 the workspace is ambiguous; 7 the files do "
        "not validate.",
    )
    parser.add_argument(
        "--target", default="project", help="target of databricks.yml (default: %(default)s)"
    )
    parser.add_argument(
        "--root", type=Path, default=ROOT, help="the checkout (default: the one of this code)"
    )
    parser.add_argument("--profile", help="profile of the Databricks CLI")
    parser.add_argument(
        "--staff", help="e-mail addresses of staff, with commas (default: yourself)"
    )
    parser.add_argument(
        "--wait-s", type=float, default=600.0, metavar="SECONDS",
        help="how long the app may take until it is ready (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="check everything, change nothing, say what would happen",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
