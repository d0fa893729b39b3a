"""The reference of lakepass: every public name, its signature as it is written, its docstring."""

import ast
import copy
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

import lakepass.emulator
import lakepass.testing

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def reference_page() -> str:
    """As Markdown."""
    page = [
        "# Reference of lakepass",
        "What it is for is told in [lakepass.md](lakepass.md), [emulator.md](emulator.md) and "
        "[testing.md](testing.md).",
        "## lakepass",
        *_named(lakepass),
        "## lakepass.emulator",
        "All begins with `running_emulator`.",
        *_named(lakepass.emulator),
        "## lakepass.testing",
        "Fixtures of pytest.",
        *_fixtures(lakepass.testing),
    ]
    ruff = str(Path(sys.executable).with_name("ruff"))
    formatted = subprocess.run(
        [ruff, "format", "--stdin-filename", "page.md", "-"],
        input="\n\n".join(part for part in page if part) + "\n",
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return formatted.stdout


def _named(module: ModuleType) -> Iterator[str]:
    """What `__all__` names, but for the version."""
    for name in module.__all__:
        if not name.startswith("_"):
            found = getattr(module, name)
            [node] = ast.parse(inspect.getsource(found)).body
            if isinstance(node, ast.ClassDef):
                _take_in_unnamed_bases(node, found, module.__all__)
                yield from _class(node, is_made_by_readers=module is lakepass)
            elif isinstance(node, _Function):
                yield from _function(node, f"### {name}")


def _take_in_unnamed_bases(node: ast.ClassDef, found: type, names: Sequence[str]) -> None:
    """Move what a class inherits from a base of ours without a public name into the class."""
    for base in found.__bases__:
        if base.__module__.startswith("lakepass.") and base.__name__ not in names:
            [inherited] = ast.parse(inspect.getsource(base)).body
            node.bases = [one for one in node.bases if ast.unparse(one) != base.__name__]
            node.body += [
                part
                for part in getattr(inherited, "body", [])
                if isinstance(part, _Function)
                and "overload" not in map(_dotted, part.decorator_list)
            ]


def _fixtures(module: ModuleType) -> Iterator[str]:
    """What each gives, spelled out, and its docstring."""
    body = ast.parse(inspect.getsource(module)).body
    spelled = {_unquoted(one.targets[0]): one.value for one in body if isinstance(one, ast.Assign)}
    for node in body:
        if isinstance(node, _Function) and "pytest.fixture" in map(_dotted, node.decorator_list):
            given = re.sub(r"^Iterator\[(.*)\]$", r"\1", _unquoted(node.returns))
            yield f"### {node.name}"
            yield _code(f"{node.name}: {_unquoted(spelled[given]) if given in spelled else given}")
            yield ast.get_docstring(node) or ""


def _dotted(decorator: ast.expr) -> str:
    return ast.unparse(decorator.func if isinstance(decorator, ast.Call) else decorator)


def _class(node: ast.ClassDef, *, is_made_by_readers: bool) -> Iterator[str]:
    """A class with its fields, then its methods. is_made_by_readers: shows what it takes."""
    functions = [part for part in node.body if isinstance(part, _Function)]
    shown = [_field(part) for part in node.body if isinstance(part, ast.Assign | ast.AnnAssign)]
    if is_made_by_readers and not node.bases:
        shown += [_signature(part) for part in functions if part.name == "__init__"]
    bases = f"({', '.join(map(ast.unparse, node.bases))})" if node.bases else ""
    yield f"### {node.name}"
    yield _code(f"class {node.name}{bases}:\n    " + "\n    ".join(shown or ["..."]))
    yield ast.get_docstring(node) or ""
    for part in functions:
        if not part.name.startswith("_"):
            yield from _function(part, f"#### {node.name}.{part.name}")


def _field(node: ast.Assign | ast.AnnAssign) -> str:
    """How a default is made is not for readers; that there is one, is."""
    text, _, made = _unquoted(node).partition(" = field(")
    return f"{text} = ..." if "default" in made else text


def _function(node: _Function, heading: str) -> Iterator[str]:
    is_property = "property" in map(_dotted, node.decorator_list)
    yield heading
    yield _code(f"{node.name}: {_unquoted(node.returns)}" if is_property else _signature(node))
    yield ast.get_docstring(node) or ""


def _signature(node: _Function) -> str:
    stub = copy.deepcopy(node)
    stub.args.args = [one for one in node.args.args if one.arg not in ("self", "cls")]
    stub.body, stub.decorator_list = [ast.Expr(ast.Constant(...))], []
    return _unquoted(stub).replace("\n   ", "")


def _unquoted(node: ast.AST | None) -> str:
    """As source, with forward references out of their quotes."""
    return re.sub(r"(: |-> |^)'([^']+)'", r"\1\2", ast.unparse(node) if node else "None")


def _code(text: str) -> str:
    return f"```python\n{text}\n```"
