"""`lakepass grant`: grants access, with SQL that is printed, executed and checked.

Exit codes and output as in `lakepass.commands.connect`.
"""

import argparse
import json
import sys
from collections.abc import Callable

from lakepass.commands import grants
from lakepass.commands.connect import (
    WHICH,
    declare_level,
    declare_target,
    lakebase_of,
    without_traceback,
)
from lakepass.commands.grants import Grant, IdentityType, Level, Plan
from lakepass.lakebase import Lakebase

GRANT = f"""\
Give a service principal, user or group access: create its role if there is none, and grant the
privileges of a level on existing objects and on those you create there later. Prints the SQL, runs it
in one transaction, and checks the result. Running it twice is safe.

    --read     read all tables (default)
    --write    and insert, update and delete rows; not create tables
    --create   and create tables, which it then owns; not alter yours
    --own      and alter, index and drop all existing objects: for an app that runs migrations

    lakepass grant 7a1f0c52-3b7e-4c39-9d0a-5d3c1f0e8b21 --schema shop --own      an app, by client id
    lakepass grant someone@example.com --schema shop                             a user, to read
    lakepass grant analysts --schema shop --dry-run                              a group; SQL only
    lakepass grant someone@example.com                                           to log in only
    lakepass grant 7a1f0c52-3b7e-4c39-9d0a-5d3c1f0e8b21 --create                 to create schemas

Only an owner can grant privileges: run it as the owner of the schema and its tables. For tables
that others create later, each of them has to run it. With --own the schema and its objects move to
a role SCHEMA_owner, of which you, the former owners and ROLE are members; you lose no privileges.
{WHICH}
"""

# What a level grants, and what it does not.
_GIVEN = {
    Level.READ: ("read all tables", ""),
    Level.WRITE: (
        "read and write the rows of all tables",
        " The level does not allow creating tables (--create), or altering and indexing these (--own).",
    ),
    Level.CREATE: (
        "read and write the rows of all tables and create tables",
        " The level does not allow altering or indexing tables of others (--own).",
    ),
    Level.OWN: ("do all that an owner may", " Run it again to share the ownership of those, too."),
}


def declare_grant(parser: argparse.ArgumentParser) -> None:
    """Options of `lakepass grant`."""
    parser.add_argument(
        "role",
        type=_said(grants.checked_role),
        metavar="ROLE",
        help="client id of a service principal, e-mail of a user, or name of a group",
    )
    parser.add_argument(
        "--schema",
        type=_said(grants.checked_name),
        metavar="NAME",
        help="schema to grant access to (default: only the database)",
    )
    declare_level(
        parser,
        {
            Level.READ: "read all tables (default)",
            Level.WRITE: "and insert, update and delete rows, and use sequences",
            Level.CREATE: "and create tables; without --schema: create schemas",
            Level.OWN: "and alter, index and drop existing objects",
        },
    )
    kinds = parser.add_mutually_exclusive_group()
    for kind in IdentityType:
        kinds.add_argument(
            f"--as-{kind.value.lower().replace('_', '-')}",
            dest="kind",
            action="store_const",
            const=kind,
            help="the type of ROLE, if its name does not show it",
        )
    parser.add_argument("--dry-run", action="store_true", help="print the SQL, change nothing")
    parser.add_argument(
        "--json",
        action="store_true",
        help="an object: statements, is_changed, and who must run it for their own tables",
    )
    declare_target(parser)


@without_traceback
def grant(options: argparse.Namespace) -> int:
    """Print the SQL that grants a role access, run it, and check the result."""
    import asyncio  # noqa: PLC0415 - slow to load, and no other command needs it

    if options.schema is None and options.level in (Level.WRITE, Level.OWN):
        print(f"lakepass: --{options.level} needs --schema.", file=sys.stderr)
        return 2
    wanted = Grant(
        role=options.role,
        schema=options.schema,
        kind=options.kind or grants.guess_kind(options.role),
        level=options.level,
    )
    lake = lakebase_of(options)
    try:
        import asyncpg  # noqa: F401, PLC0415 - an extra; found missing here, it is said in words
    except ModuleNotFoundError:
        print(
            "lakepass: grant needs asyncpg, which is not installed. "
            'Get it with: pip install "lakepass[asyncpg]"',
            file=sys.stderr,
        )
        return 2
    asyncio.run(_grant(lake, wanted, is_dry_run=options.dry_run, as_json=options.json))
    return 0


async def _grant(lake: Lakebase, wanted: Grant, *, is_dry_run: bool, as_json: bool) -> None:
    """Raises NotGranted, and the errors of connecting."""
    connection = await lake.asyncpg_connect()
    others: list[str] = []
    try:
        plan = await grants.planned(connection, wanted)
        if not as_json:
            print(plan.script, flush=True)
        if plan.problem:
            raise plan.problem
        if not is_dry_run:
            others = await grants.carry_out(connection, plan)
    finally:
        connection.terminate()  # there is nothing to send, and a dead connection would make us wait
    if as_json:
        answer = {
            "statements": plan.statements,
            "is_changed": not is_dry_run,
            "others": others,
            "level": wanted.level.value,
        }
        print(json.dumps(answer))
    elif is_dry_run:
        print("Nothing was changed.", file=sys.stderr)
    else:
        _say_granted(plan, others)


def _say_granted(plan: Plan, others: list[str]) -> None:
    wanted = plan.wanted
    if plan.is_untied:
        print(
            f"Role {grants.quoted(wanted.role)} has no identity in the workspace: it can log in "
            "with a password only, not with a token (LP-302).",
            file=sys.stderr,
        )
    if wanted.schema is None:
        what = "log in, and create schemas" if wanted.creates else "log in"
        print(f"Granted and checked: {wanted.role} may {what}.", file=sys.stderr)
        return
    may, not_yet = _GIVEN[wanted.level]
    print(
        f"Granted and checked: in schema {wanted.schema}, {wanted.role} may {may}. "
        f"This includes tables that {plan.grantor} creates later.{not_yet}",
        file=sys.stderr,
    )
    if others:
        print(
            f"For tables that these roles create later, they must run it as well: {', '.join(others)}",
            file=sys.stderr,
        )


def _said(check: Callable[[str], str]) -> Callable[[str], str]:
    """A check for argparse, which prints its message with the usage."""

    def checked(text: str) -> str:
        try:
            return check(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return checked
