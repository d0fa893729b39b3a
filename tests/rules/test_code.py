"""Rules that no linter knows. Each failure says what to do instead."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path for path in ROOT.glob("packages/*/src/**/*.py") if path.parent.name != "versions"
)
SHOP = [path for path in SOURCES if "storefront" in path.parts]
PLACES = {"local", "is_local", "dev", "development"}
TESTS = sorted([*(ROOT / "tests").rglob("*.py"), *ROOT.glob("packages/*/tests/**/*.py")])


def nodes(path: Path, *words: str) -> Iterator[ast.AST]:
    """Every node of a file that has one of these words in it; of another one nothing, unparsed."""
    source = path.read_text(encoding="utf-8")
    if re.search(rf"\b({'|'.join(words)})\b", source):
        yield from ast.walk(ast.parse(source))


def calls(path: Path, *words: str) -> Iterator[tuple[ast.Call, str]]:
    """Every call in such a file, with the dotted name of what is called."""
    for node in nodes(path, *words):
        if isinstance(node, ast.Call):
            yield node, ast.unparse(node.func)


def found(paths: list[Path], *names: str, apart_from: tuple[str, ...] = ()) -> list[str]:
    """Where something of these dotted endings is called, other than in the files named."""
    return [
        f"{path.relative_to(ROOT)}:{node.lineno} calls {name}"
        for path in paths
        if not str(path).endswith(apart_from)
        for node, name in calls(path, *names)
        if any(name == wanted or name.endswith(f".{wanted}") for wanted in names)
    ]


def imported(node: ast.AST) -> list[str]:
    """The modules that a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def test_files_can_be_read_in_one_sitting() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    too_long = [f"{path.relative_to(ROOT)}: {n}" for path, n in lengths.items() if n > 400]
    assert too_long == [], "split these by what a reader looks for"


def test_no_cache_grows_with_what_visitors_send() -> None:
    """Values of unbounded kinds are in `Cache`, which counts bytes."""
    sizes = [
        (f"{path.relative_to(ROOT)}:{node.lineno}", argument)
        for path in SOURCES
        for node, name in calls(path, "lru_cache")
        if name == "lru_cache"
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]
    ]
    assert sizes
    too_large = [place for place, size in sizes if not _is_small(size)]
    assert too_large == [], "an entry may take a kilobyte, and each process has its own"


def _is_small(size: ast.expr) -> bool:
    """Whether this is a number of entries up to 20,000, or the name of one."""
    if isinstance(size, ast.Constant) and isinstance(size.value, int):
        return size.value <= 20_000
    return isinstance(size, ast.Name)


def test_only_the_database_module_commits() -> None:
    committing = found(SHOP, "commit", "rollback", apart_from=("storefront/db.py",))
    # inventory.commit takes reserved stock out of the books, and commits no transaction.
    assert [one for one in committing if not one.endswith("inventory.commit")] == [], (
        "the session of a request commits by itself: docs/decisions/0003"
    )


def test_routes_write_no_sql() -> None:
    routers = {
        path for path in SHOP if any(name == "APIRouter" for _, name in calls(path, "APIRouter"))
    }
    assert len(routers) > 50
    importing = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in sorted(routers)
        for node in nodes(path, "sqlalchemy", "asyncpg")
        for module in imported(node)
        if module.partition(".")[0] in {"sqlalchemy", "asyncpg"}
    ]
    assert importing == [], "read in queries.py and write in service.py"


def test_features_raise_typed_errors() -> None:
    assert found(SHOP, "HTTPException") == [], "raise a StoreError: docs/decisions/0005"


def test_environment_is_read_in_two_places() -> None:
    allowed = (
        "lakepass/target/settings.py",
        "storefront/settings.py",
        "emulator/postgres/binaries.py",
        "emulator/cli.py",
    )
    readers = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if not str(path).endswith(allowed)
        for node in nodes(path, "environ", "getenv")
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("os.environ", "os.getenv")
    ]
    assert readers == [], "read it in settings.py (the shop) or target/settings.py (the library)"


def test_sql_text_is_constant() -> None:
    built = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SHOP
        for node, name in calls(path, "text")
        if name == "text" and node.args and isinstance(node.args[0], ast.JoinedStr | ast.BinOp)
    ]
    assert built == [], "bind values as parameters"


def test_no_code_asks_whether_it_runs_locally() -> None:
    asking = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SOURCES
        for node in nodes(path, *PLACES)
        if isinstance(node, ast.If)
        and PLACES
        & {n.id if isinstance(n, ast.Name) else n.attr if isinstance(n, ast.Attribute) else
           n.value if isinstance(n, ast.Constant) else None for n in ast.walk(node.test)}
    ]  # fmt: skip
    assert asking == [], "one path everywhere: docs/decisions/0007"


def test_tests_do_not_replace_our_own_code() -> None:
    patching = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in TESTS
        for node, name in calls(path, "MagicMock", "AsyncMock", "Mock", "patch")
        if name.split(".")[-1] in {"MagicMock", "AsyncMock", "Mock"}
        or name in {"patch", "patch.object", "mock.patch", "mocker.patch"}  # not client.patch
    ]
    assert patching == [], "run against the real thing: docs/decisions/0009"


def test_every_table_is_known_to_migrations() -> None:
    shop = ROOT / "packages/storefront/src/storefront"
    tables = (shop / "tables.py").read_text(encoding="utf-8")
    for models in shop.glob("*/models.py"):
        assert f"storefront.{models.parent.name} import models" in tables
