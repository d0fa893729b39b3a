"""`python -m bench.mutation [MODULE…]`: changes of the code that no test notices.

Cosmic Ray makes one small change after the other to each module; the tests that should notice it run
in a fork of this process, which has imported pytest and other packages already. Writes the survivors
to bench/mutation.md; the sections of other modules stay. A change takes about half a second; what was
found of exactly these sources and tests is stored in .local, so that a run that was stopped continues.
"""

import contextlib
import difflib
import gc
import hashlib
import importlib
import os
import re
import signal
import sys
from collections.abc import Iterator
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

import pytest
from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast_from_path
from cosmic_ray.mutating import mutate_code

_ROOT = Path(__file__).parents[1]
_REPORT = Path(__file__).parent / "mutation.md"
_SHOP = _ROOT / "packages/storefront/src/storefront"
_TESTS = "packages/storefront/tests"
_PLUGINS = ("pytest_asyncio.plugin", "pytest_timeout", "_hypothesis_pytestplugin")
_IMPORTED_FIRST = (
    *_PLUGINS, "babel.numbers", "fastapi", "httpx", "hypothesis.strategies", "pydantic_settings",
    "sqlalchemy.ext.asyncio",
)  # fmt: skip
_FOUND = _ROOT / ".local" / "mutation"
_PATIENCE_S = 30  # a change may make a loop endless
_NO_TESTS = pytest.ExitCode.NO_TESTS_COLLECTED


class Tests(NamedTuple):
    """The tests that should notice a change, in files of packages/storefront/tests.

    which: those of them that need no database, for `-k`. conftest: of whose fixtures they use.
    """

    files: str
    which: str = ""
    conftest: str | None = None


MODULES = {
    "money.py": Tests("test_money.py"),
    "catalog/spreadsheets.py": Tests("catalog/test_spreadsheets.py", "not catalogue"),
    "orders/refunds.py": Tests("orders/test_refunds.py"),
    "pricing/delivery.py": Tests("pricing/test_delivery.py"),
    "pricing/discounts.py": Tests("pricing/test_discounts.py pricing/test_laws.py"),
    "pricing/totals.py": Tests("pricing/test_totals.py pricing/test_laws.py"),
    "returns/rules.py": Tests("returns/test_rules.py"),
    "returns/shares.py": Tests("returns/test_rules.py"),
    "setting_values.py": Tests("web/test_settings.py", conftest="web"),
    "web/cookies.py": Tests("web/test_visitor.py web/test_forms.py", conftest="web"),
    "web/same_origin.py": Tests("web/test_same_origin.py", "not page and not links", "web"),
    "web/signing.py": Tests("web/test_signing.py", conftest="web"),
    "web/signing_keys.py": Tests("web/test_signing.py", conftest="web"),
    "web/visitor.py": Tests("web/test_visitor.py", conftest="web"),
    "web/middleware/accepted_encoding.py": Tests("web/test_http_caching.py", "quality"),
    "web/middleware/cache_policy.py": Tests("web/test_cache_policy.py"),
}
# Changes that are not tried, by what the changed line begins with, and why.
_LEFT_OUT = {
    "descriptor = os.open(": "flags of one bit each are united in the same way by +, ^ and |",
    "@dataclass(": "frozen and slots say how an object is stored; no result depends on them",
}


class Change(NamedTuple):
    """A changed module: its text, and the lines that differ, as a diff."""

    text: str
    diff: str

    @property
    def is_left_out(self) -> bool:
        """Whether no test could notice it."""
        added = [line[1:].strip() for line in self.diff.splitlines() if line.startswith("+")]
        return any(line.startswith(tuple(_LEFT_OUT)) for line in added)


def changes(path: Path) -> Iterator[Change]:
    """Every change that Cosmic Ray's operators without arguments make to a module."""
    text = path.read_text(encoding="utf-8")
    nodes = list(ast_nodes(get_ast_from_path(path)))
    for name in plugins.operator_names():
        operator_class = plugins.get_operator(name)
        if operator_class.arguments():
            continue
        operator = operator_class()
        places = sum(len(list(operator.mutation_positions(node))) for node in nodes)
        for place in range(places):
            changed = mutate_code(text, operator_class(), place)
            if changed is not None:
                yield Change(changed, _diff(text, changed))


def _diff(before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return "\n".join(list(lines)[2:])


class _Changed(MetaPathFinder):
    """Imports one module from another text than its file has."""

    def __init__(self, name: str, path: Path, text: str) -> None:
        self._name = name
        self._path = path
        self._text = text

    def find_spec(self, fullname: str, _path: object, _target: object = None) -> ModuleSpec | None:
        """The changed module; nothing for others."""
        if fullname != self._name:
            return None
        loader = _Loader(fullname, str(self._path))
        loader.text = self._text
        return spec_from_file_location(fullname, self._path, loader=loader)


class _Loader(SourceFileLoader):
    text = ""

    def get_code(self, _fullname: str) -> CodeType | None:
        """The code of the text, whatever may be cached of the file."""
        return compile(self.text, self.path, "exec")


def is_noticed(module: str, text: str, tests: Tests) -> bool:
    """Whether the tests fail with this text of the module, or do not end."""
    child = os.fork()
    if child == 0:
        signal.alarm(_PATIENCE_S)  # ends the process
        code = 1
        with contextlib.suppress(BaseException):
            code = _run(module, text, tests)
        os._exit(code)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code == _NO_TESTS:
        raise SystemExit(f"{module}: there is no such test in {tests}")
    return code != 0


def _run(module: str, text: str, tests: Tests) -> int:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    name = "storefront." + module.removesuffix(".py").replace("/", ".")
    sys.meta_path.insert(0, _Changed(name, _SHOP / module, text))
    files = [f"{_TESTS}/{file}" for file in tests.files.split()]
    # Without a limit of the tests' own: it is the same timer, and Hypothesis goes on after it.
    options = ["-xq", "--assert=plain", "--noconftest", "-p", "no:cacheprovider", "--timeout=0"]
    plugins = list(_PLUGINS)
    if tests.conftest:
        plugins.append(f"packages.storefront.tests.{tests.conftest}.conftest")
    options += [part for plugin in plugins for part in ("-p", plugin)]
    return int(pytest.main([*options, "-k", tests.which, *files]))


class Outcome(NamedTuple):
    """How many changes were tried, how many left out, and the diffs of those that no test noticed."""

    tried: int
    left_out: int
    survivors: list[str]


def mutate(module: str) -> Outcome:
    """Try all changes of a module. Its tests must pass without any."""
    tests = MODULES[module]
    if is_noticed(module, (_SHOP / module).read_text(encoding="utf-8"), tests):
        raise SystemExit(f"{module}: its tests fail without any change: {tests.files}")
    found = _FOUND / _digest(module, tests)
    found.parent.mkdir(parents=True, exist_ok=True)
    earlier = found.read_text(encoding="utf-8").split() if found.exists() else []
    tried, left_out, survivors = 0, 0, list[str]()
    for change in changes(_SHOP / module):
        if change.is_left_out:
            left_out += 1
            continue
        if tried < len(earlier):
            was_noticed = earlier[tried] == "noticed"
        else:
            was_noticed = is_noticed(module, change.text, tests)
            with found.open("a", encoding="utf-8") as file:
                print("noticed" if was_noticed else "survived", file=file)
        tried += 1
        if not was_noticed:
            survivors.append(change.diff)
    return Outcome(tried, left_out, survivors)


def _digest(module: str, tests: Tests) -> str:
    files = [_SHOP / module, *(_ROOT / _TESTS / file for file in tests.files.split())]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def _section(outcome: Outcome) -> str:
    lines = [f"{outcome.tried} changes, {len(outcome.survivors)} not noticed.\n"]
    lines += [f"```diff\n{diff}\n```\n" for diff in outcome.survivors]
    return "\n".join(lines)


def _stored_sections() -> Iterator[tuple[str, str]]:
    if _REPORT.exists():
        for part in _REPORT.read_text(encoding="utf-8").split("\n## ")[1:]:
            module, _, text = part.partition("\n\n")
            yield module, text


def main() -> None:
    """Update the report for the modules named, or for all of them."""
    os.chdir(_ROOT)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in _IMPORTED_FIRST:
        importlib.import_module(name)
    gc.freeze()
    sections: dict[str, Any] = dict(_stored_sections())
    for module in sys.argv[1:] or list(MODULES):
        outcome = mutate(module)
        print(
            f"{module}: {outcome.tried} changes tried, {outcome.left_out} left out, "
            f"{len(outcome.survivors)} not noticed",
            flush=True,
        )
        sections[module] = _section(outcome)
        reasons = "\n".join(f"- lines with `{start}`: {why}" for start, why in _LEFT_OUT.items())
        page = [
            "# Changes that no test noticed\n",
            f"Made by `make mutation` (Cosmic Ray). Not tried:\n\n{reasons}\n",
        ]
        page += [f"## {name}\n\n{sections[name]}" for name in MODULES if name in sections]
        text = re.sub(r"\n{3,}", "\n\n", "\n".join(page)).rstrip() + "\n"
        _REPORT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
