"""A copy of the checkout: what is deployed, where a test may change it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]


def copy_checkout(folder: Path) -> Path:
    """Put into a folder what matters for a deployment: what one may change as copies."""
    for name in ("app.yaml", "databricks.yml", "pyproject.toml", "uv.lock", "requirements.txt"):
        shutil.copy(ROOT / name, folder / name)
    for distribution in ("packages/lakepass", "packages/storefront"):
        (folder / distribution).mkdir(parents=True)
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / distribution / name, folder / distribution / name)
        source = folder / distribution / "src"
        source.symlink_to(ROOT / distribution / "src", target_is_directory=True)
    return folder


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout to spoil."""
    return copy_checkout(tmp_path)


@pytest.fixture
def spoil(checkout: Path) -> Callable[[str, str, str], int]:
    """Replace a text of a file, which must be there, and return the line on which that is."""

    def replace(name: str, old: str, new: str) -> int:
        text = (checkout / name).read_text(encoding="utf-8")
        assert old in text
        (checkout / name).write_text(text.replace(old, new, 1), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    return replace
