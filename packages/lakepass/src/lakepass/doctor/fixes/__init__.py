"""Fixes for the situation that was found: its variables, its names, its roles.

A variable is named only if it is set, or has to be. A command has all its values, or says which one
only the user has and where to find it. If a code has no entry, the catalogue's lines are used.
"""

from collections.abc import Callable
from dataclasses import replace

from lakepass.doctor.fixes import connection, login, rights, settings, workspace
from lakepass.doctor.fixes.shell import in_profile
from lakepass.doctor.report import Finding, Fix
from lakepass.doctor.situation import Situation

Maker = Callable[[Situation, Finding], Fix]

FIXES: dict[str, Maker] = {
    **settings.FIXES,
    **workspace.FIXES,
    **login.FIXES,
    **connection.FIXES,
    **rights.FIXES,
}


def tailored(finding: Finding, situation: Situation) -> Finding:
    """The finding with the fix for this situation; unchanged if it already has one."""
    make = FIXES.get(finding.code)
    if finding.tailored is not None or make is None:
        return finding
    return replace(finding, tailored=in_profile(make(situation, finding), situation))
