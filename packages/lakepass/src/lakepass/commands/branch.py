"""`lakepass branch`: creates, lists and deletes branches, which are copies of a database.

Exit codes as for the other commands: 0 done, 1 a LakepassError, 2 a usage error.
"""

import argparse
import json
import re
import shlex
import sys
from typing import TYPE_CHECKING

from lakepass.errors import ConfigurationError
from lakepass.target.branching import BranchInfo
from lakepass.target.identity import find_identity
from lakepass.target.settings import Environment, process_environment

if TYPE_CHECKING:
    from lakepass.databricks import Workspace

BRANCH = """\
Create, list and delete branches of a Lakebase project. A branch starts with the current data and roles
of another one and has its own endpoint; what is written to it stays in it.

    eval "$(lakepass branch create pr-12)"             create it, and point this shell to it
    lakepass branch create pr-12 --ttl 2h --json | jq -r .endpoint
    lakepass branch create staging --from production --keep
    lakepass branch list
    lakepass branch delete pr-12 --if-exists

The project is that of LAKEBASE_ENDPOINT or of --project. The service deletes a branch when it expires
(--ttl, 24 hours by default), unless --keep is given; a local Lakebase only shows the expiry.
"""
_ID = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_UNITS_S = {"m": 60, "h": 3600, "d": 86400}
_DEFAULT_TTL = "24h"


def declare_branch(parser: argparse.ArgumentParser) -> None:
    """Options of `lakepass branch`."""
    parser.add_argument("action", choices=["create", "list", "delete"])
    parser.add_argument("name", nargs="?", metavar="NAME", help="id of the branch, such as pr-12")
    parser.add_argument("--project", metavar="NAME", help="default: that of LAKEBASE_ENDPOINT")
    parser.add_argument(
        "--from",
        dest="source",
        metavar="BRANCH",
        help="branch to copy (default: the project's default branch)",
    )
    life = parser.add_mutually_exclusive_group()
    life.add_argument(
        "--ttl",
        type=seconds,
        metavar="TIME",
        help=f"delete it after this time: 30m, 2h, 7d (default: {_DEFAULT_TTL})",
    )
    life.add_argument("--keep", action="store_true", help="never delete it automatically")
    parser.add_argument(
        "--if-exists", action="store_true", help="delete: succeed if it does not exist"
    )
    parser.add_argument(
        "--json", action="store_true", help="an object, or for `list` a list of them"
    )


def seconds(text: str) -> int:
    """A time such as 2h in seconds. Raises argparse.ArgumentTypeError."""
    found = re.fullmatch(r"(\d+)([mhd])", text)
    if not found or not int(found[1]):
        raise argparse.ArgumentTypeError(f"{text} is not a time such as 30m, 2h or 7d")
    return int(found[1]) * _UNITS_S[found[2]]


def branch(options: argparse.Namespace) -> int:
    """Run `lakepass branch`."""
    environ = process_environment()
    project = _project(options.project, environ)
    if options.action == "list":
        return _list(_workspace(environ).branches(project), as_json=options.json)
    if not options.name:
        print(f"lakepass branch {options.action}: name the branch, such as pr-12.", file=sys.stderr)
        return 2
    name = _branch(project, options.name)
    if options.action == "delete":
        return _delete(_workspace(environ), name, options)
    source = _branch(project, options.source) if options.source else None
    life_s = None if options.keep else (options.ttl or seconds(_DEFAULT_TTL))
    created = _workspace(environ).create_branch(name, source, life_s)
    if options.json:
        print(json.dumps(created.as_dict()))
        return 0
    until = f", until {created.expires_at}" if created.expires_at else ""
    print(f"{created.name} is ready{until}.", file=sys.stderr)
    for variable, value in (("LAKEBASE_ENDPOINT", created.endpoint), ("PGHOST", created.host)):
        if value:
            print(f"export {variable}={shlex.quote(value)}")
    return 0


def _list(branches: list[BranchInfo], *, as_json: bool) -> int:
    if as_json:
        print(json.dumps([one.as_dict() for one in branches]))
        return 0
    for one in branches:
        facts = [
            one.state.lower(),
            *(["default"] if one.is_default else []),
            *(["protected"] if one.is_protected else []),
            *([f"from {one.source.rpartition('/')[2]}"] if one.source else []),
            *([f"until {one.expires_at}"] if one.expires_at else []),
        ]
        print(f"{one.name.rpartition('/')[2]}: {', '.join(facts)}")
    return 0


def _delete(workspace: "Workspace", name: str, options: argparse.Namespace) -> int:
    try:
        workspace.delete_branch(name)
    except ConfigurationError as error:
        if error.code != "LP-121" or not options.if_exists:
            raise
        print(f"{name} does not exist.", file=sys.stderr)
    else:
        print(f"{name} was deleted.", file=sys.stderr)
    if options.json:
        print(json.dumps({"name": name}))
    return 0


def _project(named: str | None, environ: Environment) -> str:
    """The resource name of the project. Raises ConfigurationError (LP-101)."""
    if named:
        return f"projects/{named.removeprefix('projects/').partition('/')[0]}"
    endpoint = environ.get("LAKEBASE_ENDPOINT", "")
    if not endpoint.startswith("projects/"):
        raise ConfigurationError(
            "No project is named.",
            code="LP-101",
            next_step="Set LAKEBASE_ENDPOINT, or add --project NAME.",
        )
    return "/".join(endpoint.split("/")[:2])


def _branch(project: str, name: str) -> str:
    """The resource name of a branch, by its id or by itself. Raises ConfigurationError (LP-103)."""
    own_project, separator, branch_id = name.partition("/branches/")
    if not separator:
        own_project, branch_id = project, name
    if own_project != project or not _ID.fullmatch(branch_id):
        raise ConfigurationError(
            f"{name} is not the id of a branch of {project}.",
            code="LP-103",
            next_step="An id has 1 to 63 of a-z, 0-9 and -, begins with a letter and does not end "
            "with -.",
        )
    return f"{project}/branches/{branch_id}"


def _workspace(environ: Environment) -> "Workspace":
    """The workspace of the environment. Raises ConfigurationError (LP-118 and others)."""
    from lakepass.databricks import Workspace  # noqa: PLC0415 - the SDK takes long to load

    identity = find_identity(environ)
    if identity.certainty == "none":
        raise ConfigurationError(code=identity.flaw or "LP-118")
    return Workspace(identity)
