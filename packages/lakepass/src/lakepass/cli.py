"""The `lakepass` command: a table of subcommands, each documented where it is defined.

A subcommand imports what it needs when it runs, so that `lakepass --help` is quick and a missing
extra is reported in plain words.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from lakepass.commands import branch, dump, fault, grant
from lakepass.commands import connect as commands
from lakepass.doctor import commands as doctor


@dataclass(frozen=True, slots=True)
class Command:
    """One subcommand. run: gets the parsed options and returns the exit code.

    Among the options is `rest`, the words after `--`, which only some subcommands take.
    """

    name: str
    help: str
    description: str
    declare: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]
    takes_rest: bool = False


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line. Returns the exit code; usage errors exit with 2."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    own, rest = words, []
    if "--" in words:
        end = words.index("--")
        own, rest = words[:end], words[end + 1 :]
    parser = _parser()
    options = parser.parse_args(own)
    if rest and not options.takes_rest:
        parser.error(f"nothing is expected after --: {' '.join(rest)}")
    options.rest = rest
    run: Callable[[argparse.Namespace], int] = options.run
    return run(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lakepass",
        description="Log in to Databricks Lakebase Postgres, or to a local Lakebase.",
        epilog="`lakepass COMMAND --help` explains a command, with examples.",
    )
    parser.add_argument("--version", action="version", version=f"lakepass {version('lakepass')}")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        subparser = subparsers.add_parser(
            command.name,
            help=command.help,
            description=command.description,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.declare(subparser)
        subparser.set_defaults(run=command.run, takes_rest=command.takes_rest)
    return parser


_EMULATOR = """\
Run a Lakebase on this machine: an embedded Postgres behind the sign-in, the tokens and the
login of the real service. Nothing leaves the machine; it listens on loopback only,
unless two options say otherwise.

In the foreground it prints the environment for programs that use it, until Ctrl-C:

    lakepass emulator
    lakepass emulator --data ~/.lakebase --port 5433     the same database the next time
    lakepass emulator --config lakebase.toml             several projects, users, groups, apps
    lakepass emulator --json                             one line: {"env": {...}, "hosts": {...}}
    lakepass emulator --as-app app                       exactly what Databricks injects into an app

With a command, it starts first, runs the command in that environment, and stops when the
command ends, with the command's exit code:

    lakepass emulator run -- pytest
    lakepass emulator run --dialect direct -- uvicorn app:app
"""


def _declare_emulator(parser: argparse.ArgumentParser) -> None:
    parser.usage = (
        "lakepass emulator [OPTIONS]\n       lakepass emulator run [OPTIONS] -- COMMAND ..."
    )
    parser.add_argument(
        "action", nargs="?", choices=["run"], help="run a command in the emulator's environment"
    )
    _declare_contents(parser.add_argument_group("what it contains"))
    _declare_addresses(parser.add_argument_group("where it listens"))
    _declare_output(parser.add_argument_group("what it prints"))


def _declare_contents(group: "argparse._ArgumentGroup") -> None:
    group.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="store data, keys and identities in this folder (default: a temporary folder)",
    )
    group.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="a TOML file with projects, instances, identities and apps (docs/emulator.md)",
    )
    group.add_argument(
        "--standby",
        action="store_true",
        help="let read-only hosts lead to a standby that streams the changes, and can lag",
    )
    group.add_argument(
        "--dialect",
        choices=["direct", "proxy"],
        help="how logins are rejected: as Postgres does, or as the proxy in front of newer hosts "
        "(default: for each host as in the service)",
    )
    group.add_argument(
        "--native-login", action="store_true", help="also accept passwords of Postgres roles"
    )


def _declare_addresses(group: "argparse._ArgumentGroup") -> None:
    group.add_argument(
        "--port", type=int, default=0, metavar="N", help="port for Postgres (default: a free one)"
    )
    group.add_argument(
        "--workspace-port",
        type=int,
        default=0,
        metavar="N",
        help="port for the workspace (default: a free one)",
    )
    group.add_argument(
        "--listen",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="address to listen on, instead of loopback; any other needs --open-to-network too",
    )
    group.add_argument(
        "--open-to-network",
        action="store_true",
        help="allow connections from the network; the workspace is served without TLS",
    )
    group.add_argument(
        "--https",
        action="store_true",
        help="also serve the workspace with TLS on port 443 of a loopback address, for SDKs that "
        "require it, and export the certificate authority for Node, Python and Java",
    )


def _declare_output(group: "argparse._ArgumentGroup") -> None:
    group.add_argument(
        "--as-app",
        metavar="NAME",
        help="print exactly the environment that Databricks injects into this app of the "
        "configuration (without a configuration: app)",
    )
    group.add_argument(
        "--json", action="store_true", help="print one line of JSON instead of export lines"
    )


def _emulator(options: argparse.Namespace) -> int:
    try:
        from lakepass.emulator import cli  # noqa: PLC0415 - an extra; see the module's docstring
    except ModuleNotFoundError as error:
        print(
            f"lakepass: the emulator needs {error.name}, which is not installed. "
            'Install it with: pip install "lakepass[emulator]"',
            file=sys.stderr,
        )
        return 2
    return cli.run(options)


COMMANDS = (
    Command(
        "doctor",
        "find out why a login fails, and how to fix it",
        doctor.DOCTOR,
        doctor.declare_doctor,
        doctor.doctor,
    ),
    Command(
        "explain",
        "find the causes in an error message or a log",
        doctor.EXPLAIN,
        doctor.declare_explain,
        doctor.explain,
    ),
    Command(
        "psql",
        "open psql on the database, logged in with a valid token",
        commands.PSQL,
        commands.declare_target,
        commands.psql,
        takes_rest=True,
    ),
    Command(
        "dump",
        "dump the database with pg_dump",
        dump.DUMP,
        commands.declare_target,
        dump.dump,
        takes_rest=True,
    ),
    Command(
        "restore",
        "restore a dump with pg_restore",
        dump.RESTORE,
        commands.declare_target,
        dump.restore,
        takes_rest=True,
    ),
    Command(
        "token",
        "print a valid password",
        commands.TOKEN,
        commands.declare_token,
        commands.token,
    ),
    Command(
        "env",
        "print the libpq variables for the database",
        commands.ENV,
        commands.declare_env,
        commands.env,
    ),
    Command(
        "jdbc",
        "print a JDBC URL",
        commands.JDBC,
        commands.declare_jdbc,
        commands.jdbc,
    ),
    Command(
        "grant",
        "give a service principal, user or group access to a schema",
        grant.GRANT,
        grant.declare_grant,
        grant.grant,
    ),
    Command(
        "branch",
        "create, list and delete branches: copies of a database",
        branch.BRANCH,
        branch.declare_branch,
        commands.without_traceback(branch.branch),
    ),
    Command(
        "emulator",
        "run a local Lakebase, in the foreground or for a command",
        _EMULATOR,
        _declare_emulator,
        _emulator,
        takes_rest=True,
    ),
    Command(
        "fault",
        "inject faults into the local Lakebase, or clear them",
        fault.FAULT,
        fault.declare_fault,
        fault.fault,
    ),
)


if __name__ == "__main__":
    sys.exit(main())
