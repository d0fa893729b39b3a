"""Whether the command of an app listens where the platform looks for it."""

import re
from collections.abc import Iterator, Set

from storefront.deploy.findings import Finding
from storefront.deploy.located import Located
from storefront.suggestions import suggestion

_SERVERS = frozenset({"gunicorn", "hypercorn", "python", "python3", "sh", "bash", "uvicorn"})
_HOST, _PORT = "0.0.0.0", "$DATABRICKS_APP_PORT"  # noqa: S104 - the proxy comes from outside


def command_findings(
    command: Located, *, file: str, key: str, scripts: Set[str]
) -> Iterator[Finding]:
    """scripts: the commands that the project installs."""
    words = [word.text for word in command.elements()]
    if not words:
        return
    for word in command.elements():
        for name in re.findall(r"\$\{?(\w+)\}?", word.text):
            if name != "DATABRICKS_APP_PORT":
                # Databricks docs, "Configure Databricks app execution with app.yaml".
                problem = f"${name} is not expanded: the command runs without a shell."
                yield Finding(file, word.line, key, word.text, problem, "Use the value itself.")
    program = words[0]
    if program not in scripts | _SERVERS:
        yield Finding(
            file, command.elements()[0].line, key, program,
            f"No package installs the command {program}.",
            suggestion(program, sorted(scripts | _SERVERS)),
        )  # fmt: skip
    if program in scripts | {"uvicorn"}:
        yield from _option(command, "--host", _HOST, file, key)
        yield from _option(command, "--port", _PORT, file, key)


def _option(command: Located, name: str, wanted: str, file: str, key: str) -> Iterator[Finding]:
    words = command.elements()
    for index, word in enumerate(words):
        option, equals, value = word.text.partition("=")
        if option != name:
            continue
        if not equals and index + 1 < len(words):
            word = words[index + 1]
            value = word.text
        if value != wanted:
            problem = (
                f"The app would listen on {name} {value}, where the platform does not connect."
            )
            yield Finding(file, word.line, key, value, problem, f"Use {name} {wanted}.")
        return
    problem = f"Without {name} the app listens where the platform does not connect."
    yield Finding(file, command.line, key, "", problem, f"Add {name} {wanted}.")
