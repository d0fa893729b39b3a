"""Whether the variables that an app is given exist, have values that fit, and hold no secret."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from storefront.deploy.findings import Finding, Severity
from storefront.deploy.located import Located
from storefront.deploy.schema import FOREIGN_PREFIXES, INJECTED, LAKEPASS
from storefront.setting_mistakes import is_secret, mistakes_in, variable_of
from storefront.settings import Settings
from storefront.suggestions import suggestion

SETTINGS = {variable_of(name): field for name, field in Settings.model_fields.items()}
_PASSWORDS = ("PGPASSWORD", "LAKEBASE_PASSWORD")

# Shapes of what must not be written into a file: personal access token, OAuth secret of a service
# principal, JSON web token, password inside a URL.
_SECRETS = {
    "a personal access token": re.compile(r"\bdapi[0-9a-f]{32}(-\d)?\b"),
    "the secret of a service principal": re.compile(r"\bdose[0-9a-f]{32}\b"),
    "a token": re.compile(r"\beyJ[\w-]{10,}\.[\w-]+\.[\w-]+"),
    "a password in a URL": re.compile(r"\b\w+://[^/\s:@${]+:[^/\s@${]+@"),
}
# LAKEBASE_PASSWORD_SECRET only names a secret.
_SECRET_NAME = re.compile(r"(PASSWORD|(?<!PASSWORD_)SECRET|SECRET_KEYS?|TOKEN|API_KEY)$")


@dataclass(frozen=True, slots=True)
class Variable:
    """One entry of `env`. source: of valueFrom; either may be empty (`content` is None)."""

    name: str
    line: int
    value: Located
    source: Located


@dataclass(frozen=True, slots=True)
class Environment:
    """The `env` of an app.

    file, key: where it stands. source_key: valueFrom, or value_from in a bundle.
    """

    file: str
    key: str
    source_key: str
    variables: Sequence[Variable]

    def named(self, name: str) -> Variable | None:
        """The variable of that name; None where it is not set."""
        return next((v for v in self.variables if v.name == name), None)

    def finding(
        self, variable: Variable, problem: str, fix: str, *, shown: str | None = None,
        severity: Severity = "error",
    ) -> Finding:  # fmt: skip
        """A finding about one variable. shown: in place of a value that may be secret."""
        value = variable.value if variable.source.content is None else variable.source
        text = value.text if shown is None else shown
        return Finding(
            self.file, variable.line, f"{self.key} {variable.name}", text, problem, fix, severity
        )


def environment_of(env: Located, *, file: str, key: str, source_key: str) -> Environment:
    """Read an `env` list; an entry without a name is reported by the schema."""
    variables = [
        Variable(name, entry.line, entry.get("value"), entry.get(source_key))
        for entry in env.elements()
        if isinstance(name := entry.get("name").content, str)
    ]
    return Environment(file, key, source_key, variables)


def environment_findings(
    env: Environment, kinds: Mapping[str, str] | None, constants: Mapping[str, str]
) -> Iterator[Finding]:
    """kinds: the app's resources, key to kind; None where they are not known.

    constants: what the bundle's variables are, for values that name them.
    """
    seen: set[str] = set()
    for variable in env.variables:
        if variable.name in seen:
            yield env.finding(variable, f"{variable.name} is set twice.", "Keep one of the two.")
        seen.add(variable.name)
        yield from _name_findings(env, variable)
        yield from _source_findings(env, variable, kinds)
        yield from _secret_findings(env, variable)
    yield from _setting_findings(env, constants)
    yield from _password_findings(env)


def resolved(value: Located, constants: Mapping[str, str]) -> str | None:
    """A value with the bundle's variables put in; None where more than these would be needed."""
    text = re.sub(r"\$\{var\.([\w-]+)\}", lambda m: constants.get(m[1], m[0]), value.text)
    return None if "${" in text else text


def secret_lines(text: str, file: str) -> Iterator[Finding]:
    """Lines, comments included, that hold something of the shape of a secret."""
    for number, line in enumerate(text.splitlines(), 1):
        for what, shape in _SECRETS.items():
            if shape.search(line):
                yield Finding(
                    file, number, "", "(not shown)", f"The line contains {what}.",
                    "Remove it, revoke it, and store its replacement in a secret scope: "
                    "docs/password-setup.md.",
                )  # fmt: skip


def _name_findings(env: Environment, variable: Variable) -> Iterator[Finding]:
    name = variable.name
    if name in INJECTED:
        yield env.finding(
            variable, f"The platform sets {name} itself.", "Remove the entry.", shown=""
        )
    elif name not in SETTINGS and name not in LAKEPASS and not name.startswith(FOREIGN_PREFIXES):
        yield env.finding(
            variable,
            f"{name} is not read by the shop.",
            suggestion(name, sorted({*SETTINGS, *LAKEPASS})),
        )


def _source_findings(
    env: Environment, variable: Variable, kinds: Mapping[str, str] | None
) -> Iterator[Finding]:
    has_value, has_source = (v.content is not None for v in (variable.value, variable.source))
    if has_value == has_source:
        problem = (
            "has both a value and a resource" if has_value else "has neither value nor resource"
        )
        yield env.finding(
            variable, f"{variable.name} {problem}.", f"Set either value or {env.source_key}."
        )
    if not has_source or kinds is None:
        return
    resource = variable.source.text
    if resource not in kinds:
        known = suggestion(resource, sorted(kinds)) if kinds else "The app has no resources."
        yield env.finding(variable, f"The app has no resource called {resource}.", known)
        return
    wanted = {"LAKEBASE_ENDPOINT": "postgres", "STORE_SECRET_KEYS": "secret"}
    wanted |= dict.fromkeys(_PASSWORDS, "secret")
    if (kind := wanted.get(variable.name)) and kinds[resource] != kind:
        problem = f"{variable.name} comes from a resource of the kind {kinds[resource]}."
        yield env.finding(variable, problem, f"Use a resource of the kind {kind}.")


def _secret_findings(env: Environment, variable: Variable) -> Iterator[Finding]:
    value = variable.value.content
    if (
        isinstance(value, str)
        and value
        and "${" not in value
        and _SECRET_NAME.search(variable.name)
    ):
        yield env.finding(
            variable,
            f"{variable.name} is visible to everyone who can see the app.",
            f"Store it in a secret scope, attach it as a resource, and refer to that with "
            f"{env.source_key}: docs/password-setup.md.",
            shown=f"({len(value)} characters)",
        )


def _setting_findings(env: Environment, constants: Mapping[str, str]) -> Iterator[Finding]:
    """Settings with values that the shop would refuse to start with, and those it misses."""
    given = {
        variable.name: text
        for variable in env.variables
        if variable.name in SETTINGS
        and variable.value.content is not None  # else its value comes from a resource
        and (text := resolved(variable.value, constants)) is not None
    }
    for name, sentence in mistakes_in({_field(name): text for name, text in given.items()}):
        if (variable := env.named(name)) is None:
            yield Finding(env.file, 0, env.key, "", sentence, _meaning(name))
        elif name in given:
            shown = "(not shown)" if is_secret(_field(name)) else None
            yield env.finding(variable, sentence, _meaning(name), shown=shown)
    for name, field in SETTINGS.items():
        if field.is_required() and env.named(name) is None:
            yield Finding(
                env.file, 0, env.key, "", f"{name} is not set.", f"Set it: {field.description}"
            )
    if (url := env.named("STORE_PUBLIC_URL")) and "//localhost" in given.get(url.name, ""):
        yield env.finding(
            url,
            "Links for search engines and the types of problems will start with localhost.",
            "Set it to the address of the app once it is known.",
            severity="warning",
        )


def _field(setting: str) -> str:
    return setting.removeprefix("STORE_").lower()


def _meaning(setting: str) -> str:
    return f"Description: {SETTINGS[setting].description}"


def _password_findings(env: Environment) -> Iterator[Finding]:
    """A native password needs two more variables in an app, which has an identity of its own."""
    password = next((v for name in _PASSWORDS if (v := env.named(name))), None)
    if password is None:
        return
    auth = env.named("LAKEPASS_AUTH")
    if auth is None or auth.value.text != "password":
        yield env.finding(
            password,
            f"{password.name} will not be used: the app can mint credentials, which take precedence.",
            "Set LAKEPASS_AUTH to password, or remove the password.",
            shown="",
        )
    elif env.named("PGUSER") is None:
        yield env.finding(
            password,
            "The password would be sent for the role of the app's service principal, which takes "
            "tokens only.",
            "Set PGUSER to the native role that the password belongs to.",
            shown="",
        )
