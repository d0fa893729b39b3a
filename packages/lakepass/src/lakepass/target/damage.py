"""Values that were damaged on their way into a variable: quotes, line breaks, a missing end.

Values are copied from pages, chats and secret stores, and each of these damages them in its own way.
Only the text of one value is examined; nothing is read or asked elsewhere.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping

from lakepass.target import tokens
from lakepass.target.damage_kinds import (
    HOSTS,
    PASSWORDS,
    SECRETS,
    TOKENS,
    WORKSPACE,
    Damage,
    DamageKind,
)

# Values that never contain a blank. Native passwords and names in Postgres may.
_WITHOUT_BLANKS = (
    WORKSPACE
    | HOSTS
    | TOKENS
    | {"DATABRICKS_CLIENT_ID", "LAKEBASE_ENDPOINT", "LAKEBASE_INSTANCE", "PGPORT", "PGSSLMODE"}
)
LOOKED_AT = (
    _WITHOUT_BLANKS
    | PASSWORDS
    | {
        "DATABRICKS_CONFIG_PROFILE",
        "LAKEBASE_DATABASE",
        "LAKEBASE_PASSWORD_SECRET",
        "LAKEPASS_AUTH",
        "PGDATABASE",
        "PGSSLROOTCERT",
        "PGUSER",
    }
)

# Names in Postgres (PostgreSQL documentation, "Identifiers").
_NAMES = frozenset({"PGUSER", "PGDATABASE", "LAKEBASE_DATABASE"})
_NAME_BYTES = 63

_QUOTES = "\"'`“”‘’„«»"
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060\u00ad"  # byte order mark, zero width, soft hyphen
_UNEXPANDED = re.compile(
    r"\$\{[\w.-]+\}|\$[A-Z_]\w*|\$\(.+\)|`\w+\s.+`|\{\{.+\}\}|%[A-Z_]\w+%", re.DOTALL
)
_PLACEHOLDER = re.compile(
    r"<[^<>]+>|\[[A-Z][A-Z_ -]+\]|…|\.\.\.|x{4,}|\*{3,}|your[-_ ][\w -]+|change-?me"
    r"|none|null|undefined|todo|replace-?me",
    re.IGNORECASE,
)
_UUID = r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}"
_NO_PASSWORD = {
    "dose": "a service principal's secret, which signs in to the workspace and not to a database",
    "ZXlK": "a token in base64, as the API for secrets returns it",
    r'\{\s*"\w+"\s*:': "a whole JSON response, of which only the token is the password",
}
_OF_ANOTHER_KIND = {
    **dict.fromkeys(PASSWORDS, _NO_PASSWORD),
    "DATABRICKS_CLIENT_ID": {"dose": "a client secret, not an application id"},
    "DATABRICKS_CLIENT_SECRET": {
        "dapi": "a personal access token, not a service principal's secret",
        rf"{_UUID}$": "an application id, not a service principal's secret",
    },
    "DATABRICKS_TOKEN": {"dose": "the secret of a service principal, not a personal access token"},
}


def damages(environ: Mapping[str, str]) -> list[Damage]:
    """The damage of every variable that a login uses, in the order of their names."""
    found = (damage(name, environ[name]) for name in sorted(LOOKED_AT & environ.keys()))
    return _swapped([one for one in found if one is not None])


def damage(variable: str, value: str) -> Damage | None:
    """The first damage of a value, in the order in which it can be repaired; None if there is none.

    A value without damage may still be the wrong one.
    """
    for look in _LOOKS:
        if found := look(variable, value):
            return found
    return None


def differs_in_case(one: str, other: str) -> bool:
    """Whether two names differ in upper and lower case only, which Postgres distinguishes."""
    return one != other and one.casefold() == other.casefold()


def _empty(variable: str, value: str) -> Damage | None:
    if value.strip(_QUOTES + _INVISIBLE + " \t\r\n") or variable not in SECRETS:
        return None
    how = "set, but empty" if not value else "set, but holds nothing except blanks or quotes"
    return Damage(variable, DamageKind.EMPTY, f"{variable} is {how}.", f"unset {variable}")


def _unexpanded(variable: str, value: str) -> Damage | None:
    bare = value.strip().strip(_QUOTES)
    if not _UNEXPANDED.fullmatch(bare) and not _UNEXPANDED.fullmatch(value.strip()):
        return None
    is_name = bool(re.fullmatch(r"[${%]+[\w/.-]+[}%]*", bare))  # a command may have a secret in it
    what = f"the text {_head(bare, 40)}" if is_name else "the text of a command"
    return Damage(
        variable,
        DamageKind.UNEXPANDED,
        f"{variable} holds {what}, not what it stands for: nothing expands it within single quotes, "
        "in app.yaml and in many readers of .env files.",
        f"unset {variable}" if variable in PASSWORDS else "",
    )


def _placeholder(variable: str, value: str) -> Damage | None:
    bare = value.strip().strip(_QUOTES)
    is_name = bare == variable and variable in SECRETS
    # In a host's name one part is enough: ep-<words>.database.<region>…
    in_part = variable in HOSTS | WORKSPACE | {"LAKEBASE_ENDPOINT"} and re.search(r"<[^<>]+>", bare)
    if not _PLACEHOLDER.fullmatch(bare) and not in_part and not is_name:
        return None
    return Damage(
        variable,
        DamageKind.PLACEHOLDER,
        f"{variable} holds a placeholder from an example"
        + ("." if variable in SECRETS else f": {_head(bare, 40)}."),
        f"unset {variable}" if variable in PASSWORDS else "",
    )


def _assignment(variable: str, value: str) -> Damage | None:
    if not re.match(rf"\s*(export\s+|set\s+)?{variable}\s*=", value):
        return None
    repair = f"""export {variable}="${{{variable}#*=}}\""""
    happened = f"{variable} holds its own name and an equals sign."
    return Damage(variable, DamageKind.ASSIGNMENT, happened, repair)


def _quotes(variable: str, value: str) -> Damage | None:
    bare = value.strip()
    if len(bare) < 2 or (bare[0] not in _QUOTES and bare[-1] not in _QUOTES):
        return None
    if variable in PASSWORDS and not (bare[0] in _QUOTES and bare[-1] in _QUOTES):
        return None  # a native password may begin or end with one
    return Damage(
        variable,
        DamageKind.QUOTES,
        f"{variable} has quotes in its value: .env files and secret stores keep them.",
        _filtered(variable, f'sed "s/^{_SED_QUOTES}*//; s/{_SED_QUOTES}*$//"'),
    )


def _invisible(variable: str, value: str) -> Damage | None:
    if not any(one in value for one in _INVISIBLE) and value.isprintable():
        return None
    if any(one in value for one in "\r\n\t"):
        return None  # what `_blanks` is for
    return Damage(
        variable,
        DamageKind.INVISIBLE,
        f"{variable} has characters that cannot be seen, as pages and editors add them.",
        _filtered(variable, "LC_ALL=C tr -dc '[:print:]'"),  # what they hold is ASCII
    )


def _blanks(variable: str, value: str) -> Damage | None:
    is_jwt = tokens.is_jwt(value.strip())
    if value != value.strip():
        where = "around its value"
        repair = _filtered(variable, "sed 's/^[[:space:]]*//; s/[[:space:]]*$//'")
    elif re.search(r"[\r\n]", value) or (
        (variable in _WITHOUT_BLANKS or is_jwt) and re.search(r"\s", value)
    ):
        where = "within its value"
        repair = _filtered(variable, "tr -d '[:space:]'")
    else:
        return None
    is_line_break = bool(re.search(r"[\r\n]", value))
    what = "a line break" if is_line_break else "blanks"
    kind = DamageKind.LINE_BREAK if is_line_break else DamageKind.BLANKS
    return Damage(variable, kind, f"{variable} has {what} {where}.", repair)


def _bearer(variable: str, value: str) -> Damage | None:
    if variable not in SECRETS or not re.match(
        r"\s*(authorization:\s*)?bearer\s", value, re.IGNORECASE
    ):
        return None
    return Damage(
        variable,
        DamageKind.BEARER,
        f"{variable} begins with “Bearer”: that belongs to an HTTP header, not to the token.",
        _filtered(variable, "tr -d '[:space:]' | sed 's/^.*[Bb][Ee][Aa][Rr][Ee][Rr]//'"),
    )


def _mixed_up(variable: str, value: str) -> Damage | None:
    """A secret of another kind, which shows in how it begins."""
    for begins, what in _OF_ANOTHER_KIND.get(variable, {}).items():
        if re.match(begins, value):
            return Damage(variable, DamageKind.MIXED_UP, f"{variable} holds {what}.")
    return None


def _swapped(found: list[Damage]) -> list[Damage]:
    """The same, but an application id and a secret in each other's place are one damage."""
    pair = ("DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET")
    mixed_up = [one for one in found if one.variable in pair and one.kind is DamageKind.MIXED_UP]
    if len(mixed_up) < len(pair):
        return found
    happened = "DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET hold each other's value."
    repair = (
        'secret="$DATABRICKS_CLIENT_ID"; export DATABRICKS_CLIENT_ID="$DATABRICKS_CLIENT_SECRET"; '
        'export DATABRICKS_CLIENT_SECRET="$secret"'
    )
    one = Damage("DATABRICKS_CLIENT_ID", DamageKind.MIXED_UP, happened, repair)
    return [one, *(other for other in found if other not in mixed_up)]


def _cut_off(variable: str, value: str) -> Damage | None:
    if variable not in SECRETS:
        return None
    complaint = ""
    if tokens.is_jwt(value):
        complaint = tokens.jwt_complaint(value)
    elif variable == "DATABRICKS_TOKEN":
        complaint = tokens.pat_complaint(value)
    if not complaint:
        return None
    return Damage(
        variable,
        DamageKind.CUT_OFF,
        f"The token in {variable} is cut off: {len(value)} characters, {complaint}.",
        f"unset {variable}" if variable in PASSWORDS else "",
    )


def _address_of_workspace(variable: str, value: str) -> Damage | None:
    """What stands behind the host name in the browser's address bar."""
    if variable not in WORKSPACE:
        return None
    if again := re.match(r"(?:https?://)+(?=https?://)", value):
        bare = re.match(r"https?://[^/?#]+", value[again.end() :])
        what = f"{variable} begins with a scheme twice."
        return Damage(
            variable,
            DamageKind.URL,
            what,
            f"export {variable}={_shell_word(bare[0])}" if bare else "",
        )
    bare = re.match(r"(https?://)?[^/?#]+", value)
    rest = value[bare.end() :] if bare else ""
    if not bare or rest in ("", "/"):
        return None
    kind = DamageKind.QUERY if "?" in rest else DamageKind.PATH
    return Damage(
        variable,
        kind,
        f"{variable} has {_head(rest, 40)} after the host name, as the browser's address bar shows it.",
        f"export {variable}={_shell_word(bare[0])}",
    )


def _host(variable: str, value: str) -> Damage | None:
    if variable not in HOSTS:
        return None
    address = _address(value)
    if address is not None:
        if address.is_loopback:  # a local Lakebase has hosts that are addresses
            return None
        return Damage(
            variable,
            DamageKind.ADDRESS,
            f"{variable} is the address {value}, not a host name: the service tells databases apart "
            "by name.",
        )
    found = re.match(
        r"(?:(?:jdbc:)?\w[\w+]*://)?(?:[^@/?#]*@)?(?P<host>[\w.-]+)(?P<rest>[:/?#].*)?", value
    )
    if found is None or found["host"] == value:
        return None
    return Damage(
        variable,
        DamageKind.URL,
        f"{variable} holds more than a host name: a scheme, a user, a port or a path.",
        f"export {variable}={_shell_word(found['host'])}",
    )


def _name(variable: str, value: str) -> Damage | None:
    if variable == "LAKEBASE_INSTANCE" and value.startswith("projects/"):
        return Damage(
            variable,
            DamageKind.RESOURCE_NAME,
            f"{variable} holds the resource name of a project, {_head(value, 80)}: that belongs in "
            "LAKEBASE_ENDPOINT.",
            f'export LAKEBASE_ENDPOINT="${variable}"; unset {variable}',
        )
    if variable == "LAKEBASE_ENDPOINT" and not value.startswith("projects/"):
        right = "PGHOST" if "." in value else "LAKEBASE_INSTANCE"
        what = "a host name" if "." in value else "the name of a database instance"
        return Damage(
            variable,
            DamageKind.NOT_A_RESOURCE_NAME,
            f"{variable} holds {_head(value, 80)}, which is not a resource name: those begin with "
            f"projects/. If this is {what}, it belongs in {right}.",
        )
    return None


def _home(variable: str, value: str) -> Damage | None:
    if variable != "PGSSLROOTCERT" or not value.startswith("~/"):
        return None
    return Damage(
        variable,
        DamageKind.HOME,
        f"{variable} begins with ~, which only a shell replaces by the home directory, and not within "
        "quotes.",
        f'export {variable}="$HOME/${{{variable}#??}}"',
    )


def _too_long(variable: str, value: str) -> Damage | None:
    length = len(value.encode())
    if variable not in _NAMES or length <= _NAME_BYTES:
        return None
    return Damage(
        variable,
        DamageKind.TOO_LONG,
        f"{variable} has {length} bytes. Names in Postgres have {_NAME_BYTES} at most; it ignores the "
        "rest.",
    )


def _address(value: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(value.strip("[]"))
    except ValueError:
        return None


def _head(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]}…"


def _shell_word(text: str) -> str:
    """Only for what a pattern has let through: letters, digits, `.`, `-`, `:` and `/`."""
    return re.sub(r"[^\w.:/-]", "", text)


_SED_QUOTES = "[[:space:]'\\\"\\`“”‘’„«»]"  # to stand between double quotes of a shell


def _filtered(variable: str, filter_: str) -> str:
    return f"""export {variable}="$(printf %s "${variable}" | {filter_})\""""


# What is wrapped around a value comes before what is inside it.
_LOOKS: tuple[Callable[[str, str], Damage | None], ...] = (
    _empty,
    _unexpanded,
    _placeholder,
    _assignment,
    _quotes,
    _invisible,
    _bearer,
    _blanks,
    _mixed_up,
    _cut_off,
    _address_of_workspace,
    _host,
    _name,
    _home,
    _too_long,
)
