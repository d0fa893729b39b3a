"""Which workspace a deployment goes to, and as whom: never a guess."""

from collections.abc import Mapping
from dataclasses import dataclass

from tools.deploy.cli import CommandFailed, DatabricksCli
from tools.deploy.problems import Exit, Problem

_LOGIN = "databricks auth login --host https://<workspace>.cloud.databricks.com"


@dataclass(frozen=True, slots=True)
class Workspace:
    """host: its address. user: who is signed in."""

    host: str
    user: str


def signed_in(cli: DatabricksCli, profile: str | None, environ: Mapping[str, str]) -> Workspace:
    """The workspace, with `cli.profile` set to the profile to use, or None where variables sign in.

    In this order: the profile given, DATABRICKS_CONFIG_PROFILE, DATABRICKS_HOST, the profile DEFAULT,
    the only profile. Raises Problem where two of them disagree, none remains or several do, or the
    sign-in is refused.
    """
    profile = profile or environ.get("DATABRICKS_CONFIG_PROFILE") or None
    host = environ.get("DATABRICKS_HOST", "").rstrip("/")
    if host and not profile:
        return Workspace(
            host, _user(cli, f"DATABRICKS_HOST ({host})", f"databricks auth login --host {host}")
        )
    hosts = _profiles(cli)
    cli.profile = name = profile or _only(hosts)
    if name not in hosts:
        raise Problem(
            f"There is no profile {name}.",
            f"~/.databrickscfg has {', '.join(sorted(hosts)) or 'no profile'}.",
            f"Name one of them (make deploy PROFILE=…), or make it: {_LOGIN} --profile {name}",
            Exit.NOT_SIGNED_IN,
        )
    if host and host != hosts[name]:
        raise Problem(
            "Two workspaces are named.",
            f"DATABRICKS_HOST is {host}, the profile {name} is for {hosts[name]}.",
            "Unset DATABRICKS_HOST, or name no profile.",
            Exit.AMBIGUOUS_WORKSPACE,
        )
    login = f"databricks auth login --profile {name}"
    return Workspace(hosts[name], _user(cli, f"the profile {name} ({hosts[name]})", login))


def _profiles(cli: DatabricksCli) -> dict[str, str]:
    """The profiles for workspaces: name to address."""
    try:
        listed = (cli.json("auth", "profiles", "--skip-validate") or {}).get("profiles") or []
    except CommandFailed as error:
        raise Problem(
            "The profiles of the Databricks CLI cannot be read.",
            error.said,
            "Correct ~/.databrickscfg, or the file that DATABRICKS_CONFIG_FILE names.",
            Exit.NOT_SIGNED_IN,
        ) from error
    return {
        one["name"]: one["host"].rstrip("/")
        for one in listed
        if one.get("host") and not one.get("account_id")
    }


def _only(hosts: Mapping[str, str]) -> str:
    """The profile to use where none is named."""
    if not hosts:
        raise Problem(
            "The Databricks CLI is not signed in.",
            "~/.databrickscfg has no profile, and DATABRICKS_HOST is not set.",
            _LOGIN,
            Exit.NOT_SIGNED_IN,
        )
    if "DEFAULT" in hosts:
        return "DEFAULT"
    if len(hosts) > 1:
        listed = ", ".join(f"{name} ({host})" for name, host in sorted(hosts.items()))
        raise Problem(
            "It is not clear which workspace to deploy to.",
            f"There are several profiles, and none is called DEFAULT: {listed}.",
            f"Name one: make deploy PROFILE={min(hosts)}",
            Exit.AMBIGUOUS_WORKSPACE,
        )
    return next(iter(hosts))


def _user(cli: DatabricksCli, where: str, login: str) -> str:
    """Who is signed in. Raises Problem where nobody is."""
    try:
        user: str = cli.json("current-user", "me")["userName"]
    except CommandFailed as error:
        if "multiple profiles matched" in error.said:
            raise Problem(
                "It is not clear which profile to sign in with.",
                error.said,
                "Name one: make deploy PROFILE=…",
                Exit.AMBIGUOUS_WORKSPACE,
            ) from error
        raise Problem(
            f"The Databricks CLI is not signed in by {where}.",
            error.said,
            f"{login}, then run `make deploy` again.",
            Exit.NOT_SIGNED_IN,
        ) from error
    return user
