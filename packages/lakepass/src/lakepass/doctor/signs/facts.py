"""Names found in a text, which fill in the lines of fixes."""

import re
import shlex
from collections.abc import Mapping
from urllib.parse import quote

from lakepass.commands.grants import IdentityType, literal, quoted
from lakepass.doctor.situation import role_facts
from lakepass.target.settings import DEFAULT_DATABASE

_DOMAIN = r"(?:azuredatabricks\.net|databricks\.com)"
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# Of a page to read, not of a workspace.
_PAGES = r"(?!(?:docs?|www|kb|community|status|help|learn)\.)"
_NAMES = {
    "role": (
        r"(?:for user|(?<!set )(?<!grant )role|, user) [\"'](?P<it>[^\"'\n]{1,63})[\"']",
        rf"(?:user|role|PGUSER|connected as|logged in as|username|principal)['\"]?\W{{1,4}}"
        rf"(?P<it>{_UUID}|[\w.+-]+@[\w-]+\.[\w.-]+)",
        rf"(?P<it>{_UUID})(?=[^\n]{{0,60}}permission denied)",
        r"credentials for `(?P<it>[^`\n]{1,63})`",
    ),
    "host": (r"\b(?P<it>(?:ep|instance)-[a-z0-9-]+(?:\.[a-z0-9-]+)+)",),
    "endpoint": (r"\b(?P<it>projects/[\w-]+/branches/[\w-]+/endpoints/[\w-]+)",),
    "branch": (r"\b(?P<it>projects/[\w-]+/branches/[\w-]+)",),
    "project": (
        r"\bprojects/(?P<it>[a-z][\w-]+)",
        r"\bdatabase[- ]projects?[ /]['\"]?(?P<it>[a-z][\w-]*\w)",
    ),
    "instance": (r"instance(?:_name)?s?['\"]?\W{1,4}(?P<it>[a-z][\w-]+)(?=['\"])",),
    "workspace": (
        # The SDK's own settings, at the end of its messages.
        r"\bConfig: (?:[^\n]*?, )?host=(?P<it>https?://[\w.:-]+\w|[\w-]+\.[\w.-]*\w)",
        rf"(?P<it>https?://{_PAGES}(?![\w.-]*\.database\.)[\w.-]+\.{_DOMAIN})",
        rf"host='?(?P<it>(?![\w.-]*\.database\.)[\w.-]+\.{_DOMAIN})",
    ),
    "profile": (r"\bprofile[=:] ?['\"]?(?P<it>[\w-]+)",),
    "schema": (
        r"for schema [\"']?(?P<it>[\w$-]+)",
        r"\b(?:FROM|INTO|TABLE(?: IF NOT EXISTS)?|UPDATE|JOIN|ON) [\"']?(?P<it>[a-z_]\w*)[\"']?\."
        r"[\"']?\w+",
        r"search_path[=: ]+[\"']?(?P<it>[a-z_]\w*)",
    ),
    "database": (r"database[= ][\"'](?P<it>[\w-]+)[\"']", r"\bdatabase[=:] ?(?P<it>\w+)"),
    "client_id": (rf"client_id\W{{1,3}}(?P<it>{_UUID})",),
}
_STARTS_SOMETHING = re.compile(
    r"\bCREATE |\bmigrat|init_?schema|\bsetup\b|start-?up DDL|ensure_schema", re.IGNORECASE
)
_READS_ONLY = re.compile(r"\bSELECT\b", re.IGNORECASE)


def facts_in(text: str) -> dict[str, str]:
    """The names in the text, in the form of their first occurrence."""
    found: dict[str, str] = {}
    for name, patterns in _NAMES.items():
        for pattern in patterns:
            if match := re.search(pattern, text, re.IGNORECASE):
                found[name] = match["it"]
                break
    return found


def with_derived(named: Mapping[str, str], text: str) -> dict[str, object]:
    """The facts, and the forms of them that fixes need: quoted, as shell words, parts of a path."""
    facts: dict[str, object] = {"there": DEFAULT_DATABASE, "port": 5432, **named}
    facts |= role_facts(named.get("role"))
    if facts.get("kind_literal") == literal(IdentityType.GROUP.value):
        del facts["kind_literal"]  # a name is no evidence of a group: it may be a native role
    if role := named.get("role"):
        facts |= {"role_word": shlex.quote(role), "role_url": quote(role, safe="")}
    if schema := named.get("schema"):
        facts |= {"schema_word": shlex.quote(schema), "schema_quoted": quoted(schema)}
    if table := named.get("object"):
        facts.setdefault("table", table.rpartition(".")[2])
    facts["principal_kind"] = (
        "user_name" if "@" in named.get("role", "") else "service_principal_name"
    )
    facts["level"] = _level(text)
    database = named.get("database") or DEFAULT_DATABASE
    facts |= {"database": database, "database_quoted": quoted(database)}
    if database != DEFAULT_DATABASE:
        facts["database_option"] = f" --database {shlex.quote(database)}"
    if (client_id := named.get("client_id")) and client_id != named.get("role"):
        facts.setdefault("identity", client_id)
    if workspace := named.get("workspace"):
        address = workspace if "://" in workspace else f"https://{workspace}"
        facts |= {"workspace": address, "workspace_name": address.partition("://")[2]}
    if (direct := named.get("direct")) and (host := named.get("host", "")).startswith(direct):
        facts["direct"] = direct + host.partition(".")[1] + host.partition(".")[2]
    if project := named.get("project"):
        facts.setdefault("project_id", project)
    return facts


def _level(text: str) -> str:
    """The option of `lakepass grant` for the attempted operation."""
    if _STARTS_SOMETHING.search(text):
        return "--create"
    writes = re.search(r"\b(?:INSERT|UPDATE|DELETE)\b|sequence", text, re.IGNORECASE)
    return "--read" if _READS_ONLY.search(text) and not writes else "--write"
