"""Fixes of the way to the database: LP-4xx and LP-5xx."""

import re
import shlex

from lakepass.commands.grants import quoted
from lakepass.doctor.fixes.settings import verify
from lakepass.doctor.fixes.shell import ask, export, fix, psql, unset
from lakepass.doctor.report import Finding, Fix
from lakepass.doctor.situation import Situation
from lakepass.target.settings import DEFAULT_DATABASE


def _another_database(situation: Situation, finding: Finding) -> Fix:
    """LP-401."""
    there = str(finding.facts.get("there", "databricks_postgres"))
    lines = [export("PGDATABASE", there), *unset(situation, "LAKEBASE_DATABASE")]
    return fix(f"Connect to {there}, or create the database first.", *lines)


def _with_tls(situation: Situation, finding: Finding) -> Fix:
    """LP-402."""
    return fix(finding.diagnosis.fix, *verify(situation))


def _by_name(situation: Situation, finding: Finding) -> Fix:
    """LP-403, LP-405, LP-505: look up the host if the database has a name."""
    is_named = situation.are_set("LAKEBASE_ENDPOINT", "LAKEBASE_INSTANCE")
    lines = unset(situation, "PGHOST", "LAKEBASE_HOST")
    if situation.can_sign_in and is_named and lines:
        return fix("Let the host be looked up by the name of the database.", *lines)
    advice = "Copy the host name from the Connect dialog of the database."
    if finding.code == "LP-505":
        advice += " With private link its name is in a private zone: check the name service."
    return fix(advice, ask("PGHOST", "host"))


def _start(situation: Situation, _: Finding) -> Fix:
    """LP-411."""
    place = situation.place
    if place and place.endpoint:
        return fix(
            "Have a manager of the project start it.",
            f"databricks postgres update-endpoint {place.endpoint} spec.disabled "
            '--json \'{"spec": {"disabled": false}}\'',
        )
    name = shlex.quote((place and place.instance) or "")
    return fix(
        "Have a manager of the instance start it.",
        f"databricks database update-database-instance {name} stopped --json '{{\"stopped\": false}}'",
    )


def _other_port(situation: Situation, _: Finding) -> Fix:
    """LP-407, LP-409, LP-506, LP-507: check the port if it is unusual, otherwise the network."""
    facts = situation.facts()
    host, port = facts.get("host", ""), facts.get("port", 5432)
    test = f"# nc -vz {host} {port}"
    if situation.has_private_authority:
        return fix("Check that the local Lakebase runs, and its port.", test, ask("PGPORT", "port"))
    if port != 5432:
        return fix(f"The service is at port 5432, and PGPORT is {port}.", test, "unset PGPORT")
    return fix(
        f"Have the network let TCP to {host}, port {port}, out: a firewall or proxy is on the way.",
        test,
    )


def _smaller_pools(situation: Situation, finding: Finding) -> Fix:
    """LP-502, LP-508: the limit of the role, of the database, or of the whole compute."""
    limited = re.search(
        r"too many connections for (role|database)", str(finding.facts.get("server"))
    )
    if limited:
        role, database = (
            quoted(situation.role or ""),
            quoted(str(situation.facts().get("database"))),
        )
        elsewhere = ""
        if limited[1] == "role":
            name, who = (
                f"ROLE {role}",
                "the role that created it, and so has the ADMIN option on it",
            )
        else:
            name, who = f"DATABASE {database}", "the owner of the database"
            # Its owner is refused there too.
            is_default = situation.facts().get("database") == DEFAULT_DATABASE
            elsewhere = "postgres" if is_default else DEFAULT_DATABASE
        return fix(
            f"The {limited[1]} has a connection limit of its own, which is reached. Close connections, "
            "or have the limit raised (-1: none).",
            f"# as {who}:",
            psql(situation, f"ALTER {name} CONNECTION LIMIT -1", database=elsewhere),
        )
    fitting = finding.facts.get("fitting")
    if not fitting:
        return fix(finding.diagnosis.fix)
    advice = f"Let all processes together open {fitting} at most, or use a larger compute."
    return fix(advice, f"# engine = lake.async_engine(pool_size={fitting}, max_overflow=0)")


FIXES = {
    "LP-401": _another_database,
    "LP-402": _with_tls,
    "LP-403": _by_name,
    "LP-405": _by_name,
    "LP-407": _other_port,
    "LP-409": _other_port,
    "LP-411": _start,
    "LP-502": _smaller_pools,
    "LP-505": _by_name,
    "LP-506": _other_port,
    "LP-507": _other_port,
    "LP-508": _smaller_pools,
}
