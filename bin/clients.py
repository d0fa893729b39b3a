"""Makes environments for clients of Lakebase that nobody here wrote, in .local/clients.

Each has one of its own, apart from the project's: a folder for each of the Python packages, one for
the Node packages, one for what Debian has. What cannot be had is skipped, with the reason. The tests
in packages/lakepass/tests/emulator/clients run those that are there.

Usage: .venv/bin/python bin/clients.py [NAME ...]   (all, if none is named)
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".local" / "clients"
UV = ROOT / ".venv" / "bin" / "uv"
_DONE = "made"

PYTHON = {
    "ai-bridge": ["databricks-ai-bridge[memory]==0.22.*"],
    "langchain": ["databricks-langchain[memory]==0.22.*"],
    "dbx-tools": ["dbx-tools-postgres==0.9.*"],
    "langgraph": ["langgraph-checkpoint-postgres==3.*", "psycopg[binary,pool]"],
    "django": ["django==5.2.*", "psycopg[binary]"],
    "dbt": ["dbt-postgres==1.9.*", "dbt-core==1.10.*"],  # newer ones fetch a part from elsewhere
    "pgcli": ["pgcli==4.*"],
}
NODE = {
    "pg": "8",
    "postgres": "3",
    "@databricks/lakebase": "0.6",
    "@databricks/appkit": "0.38",
    "drizzle-kit": "0.31",
    "drizzle-orm": "0.44",
}
DEBIAN = ["libpostgresql-jdbc-java"]


class Skipped(Exception):
    """A client cannot be had here; the text says why."""


def main(names: list[str]) -> int:
    """Make what is named and not there yet."""
    makers = dict.fromkeys(PYTHON, _python) | {"node": _node, "jdbc": _debian}
    for name in names or makers:
        if name not in makers:
            print(f"There is no client {name}; there are {', '.join(makers)}.", file=sys.stderr)
            return 2
        folder = FOLDER / name
        if (folder / _DONE).exists():
            print(f"{name}: there already")
            continue
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            makers[name](name, folder)
        except Skipped as reason:
            shutil.rmtree(folder)
            print(f"{name}: skipped: {reason}")
            continue
        (folder / _DONE).touch()
        print(f"{name}: made")
    return 0


def _python(name: str, folder: Path) -> None:
    _run([UV, "venv", "--quiet", "--clear", "--python", sys.executable, folder])
    interpreter = str(folder / "bin" / "python")
    _run([UV, "pip", "install", "--quiet", "--python", interpreter, *PYTHON[name]])


def _node(_: str, folder: Path) -> None:
    if not shutil.which("npm"):
        raise Skipped("needs Node.js: apt-get install nodejs npm")
    packages = [f"{name}@{version}" for name, version in NODE.items()]
    _run(["npm", "install", "--no-audit", "--no-fund", "--prefix", folder, *packages])


def _debian(_: str, folder: Path) -> None:
    """Downloaded and unpacked, which needs no root."""
    if not shutil.which("apt-get"):
        raise Skipped("needs apt-get, as on Debian and Ubuntu")
    _run(["apt-get", "download", *DEBIAN], cwd=folder)
    for package in folder.glob("*.deb"):
        _run(["dpkg-deb", "--extract", package, folder])


def _run(command: list[str | Path], cwd: Path | None = None) -> None:
    """Run it. Raises Skipped with the last line that it printed."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["it failed without a word"]
        raise Skipped(lines[-1].strip())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
