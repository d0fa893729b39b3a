"""Checks what privileges on tables do not cover: views, functions, and rows without a policy."""

from collections.abc import Iterable

from lakepass.commands import privileges
from lakepass.doctor.situation import Findings, Situation

_MOST_SHOWN = 5
_MOST_VIEWS = 200  # that are tried: each takes a statement
# The commands of pg_policy.
_COMMANDS = {"r": "select from", "a": "insert into", "w": "update", "d": "delete from"}


def look_at(schema: str, role: str, situation: Situation, findings: Findings) -> None:
    """Report what fails in a schema although the role has its privileges on the tables."""
    _look_at_views(schema, role, situation, findings)
    _look_at_functions(schema, role, situation, findings)
    _look_at_policies(schema, role, situation, findings)


def _look_at_views(schema: str, role: str, situation: Situation, findings: Findings) -> None:
    """EXPLAIN checks the privileges of a query without running it."""
    asking = situation.logged_in()
    failing, behind = [], []
    for (view,) in asking.rows(privileges.VIEWS, schema, role)[:_MOST_VIEWS]:
        if refusal := asking.refusal(f"EXPLAIN SELECT * FROM {view}"):  # noqa: S608 - quoted
            findings.saw(f"reading {view}: {refusal}")
            if missing := asking.rows(privileges.BEHIND_VIEW, view, role):
                failing.append(str(view))
                behind += missing
    if not failing:
        return
    lacking = shown((name, owner) for owner, name, _ in dict.fromkeys(behind))
    views = ", ".join(failing[:_MOST_SHOWN])
    what = f"{role} may select from {views}, but not what is behind: {lacking}."
    findings.fault("LP-606", what, **_given(behind, situation))


def _look_at_functions(schema: str, role: str, situation: Situation, findings: Findings) -> None:
    if found := situation.logged_in().rows(privileges.NOT_CALLED, schema, role):
        names = shown((name, owner) for owner, name, _ in found)
        findings.note("LP-606", f"{role} may not call {names}.", **_given(found, situation))


def _look_at_policies(schema: str, role: str, situation: Situation, findings: Findings) -> None:
    commands = list(_COMMANDS) if situation.is_writing else ["r"]
    found = situation.logged_in().rows(privileges.ROWS_WITHOUT_POLICY, schema, role, commands)
    of_table: dict[tuple[object, ...], str] = {}
    for *table, command in found:
        of_table[tuple(table)] = of_table.get(tuple(table), "") + str(command)
    for denied in dict.fromkeys(of_table.values()):
        tables = [table for table, commands in of_table.items() if commands == denied]
        what = f"{role} may {_listed(denied)} {shown(tables)}, but no policy allows it on any row."
        findings.note("LP-613", what, owners=owners_of(tables))


def _listed(commands: str) -> str:
    words = [word for command, word in _COMMANDS.items() if command in commands]
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _given(missing: list[tuple[object, ...]], situation: Situation) -> dict[str, object]:
    """Facts of LP-606 for single statements. missing: owner, name and statement of each."""
    statements: dict[str, list[str]] = {}
    for owner, _, statement in dict.fromkeys(missing):
        statements.setdefault(str(owner), []).append(str(statement))
    each = list(statements)
    return {
        "owners": ", ".join(each),
        "each": each,
        "stand_ins": stand_ins(each, situation),
        "statements": statements,
    }


def stand_ins(owners: list[str], situation: Situation) -> dict[str, tuple[str, bool]]:
    """For each owner that cannot log in: who acts for it, "" if nobody, and whether that one has to
    become a member of it first."""
    found = situation.logged_in().rows(privileges.STAND_INS, owners)
    return {
        str(owner): (str(member or admin or ""), not member and bool(admin))
        for owner, member, admin in found
    }


def shown(found: Iterable[tuple[object, ...]]) -> str:
    """Names with their owners, the first few of them."""
    each = [f"{name} (of {owner})" for name, owner in found]
    more = len(each) - _MOST_SHOWN
    return ", ".join(each[:_MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")


def owners_of(found: list[tuple[object, ...]]) -> str:
    """The owners of objects, each once."""
    return ", ".join(sorted({str(owner) for _, owner in found}))
