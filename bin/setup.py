"""Makes the project's environment in .venv, from the lock. Needs a Python and nothing else.

uv does the work. Where it is not in the environment yet, pip puts it there; where this Python came
without pip (Debian's python3 without python3-venv), the wheel that uv.lock names is fetched, checked
against the lock's digest, and unpacked.

Usage: python3 bin/setup.py [--exactly]   (with this very Python, even if .venv has another)
"""

from __future__ import annotations

import hashlib
import io
import os
import platform
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
import venv
import zipfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
UV = VENV / "bin" / "uv"
OLDEST = (3, 11)


def main() -> int:
    """Make or refresh the environment; quick where there is nothing to do."""
    if sys.version_info < OLDEST:
        print(
            f"This is Python {platform.python_version()}; {OLDEST[0]}.{OLDEST[1]} or newer is "
            "needed. Name one that is there: make setup PYTHON=python3.12",
            file=sys.stderr,
        )
        return 2
    if not is_usable(exactly="--exactly" in sys.argv):
        shutil.rmtree(VENV, ignore_errors=True)
        print("Making .venv …", file=sys.stderr)
        venv.create(VENV, symlinks=True, with_pip=False)
    if not output(UV, "--version"):
        install_uv()
    # Compiled once, and not in every process that may not keep what it compiled
    # (PYTHONDONTWRITEBYTECODE, as containers often have it): loading the SDK then takes half the time.
    environment = {"UV_COMPILE_BYTECODE": "1"} | dict(os.environ)
    environment |= {"VIRTUAL_ENV": str(VENV), "UV_PROJECT_ENVIRONMENT": str(VENV)}
    command = [str(UV), "sync", "--frozen", "--quiet", "--python", str(VENV / "bin" / "python")]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def is_usable(*, exactly: bool) -> bool:
    """Whether .venv has a Python that runs and is new enough; exactly: of this one's version."""
    # "Python 3.12.1"
    version = output(VENV / "bin" / "python", "--version").removeprefix("Python ").strip()
    if not version:
        return False
    if exactly:
        return version == platform.python_version()
    major, minor = (int(part) for part in version.split(".")[:2])
    return (major, minor) >= OLDEST


def output(program: Path, *arguments: str) -> str:
    """What a program prints; nothing where it is not there or fails, as after a folder was moved."""
    try:
        done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout if done.returncode == 0 else ""


def install_uv() -> None:
    """Put the locked uv into the environment, by pip where there is one."""
    import tomllib  # noqa: PLC0415 (an older Python lacks it, and is to reach the message in main)

    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    uv = next(package for package in lock["package"] if package["name"] == "uv")
    python = str(VENV / "bin" / "python")
    for step in (
        [python, "-m", "ensurepip", "--default-pip"],
        [python, "-m", "pip", "install", "--quiet", f"uv=={uv['version']}"],
    ):
        if subprocess.run(step, capture_output=True, check=False).returncode != 0:
            break
    else:
        return
    unpack_uv(uv["wheels"])


def unpack_uv(wheels: list[dict[str, Any]]) -> None:
    """Fetch uv's wheel for this machine, check its digest, and take the program out of it."""
    system = "macosx" if sys.platform == "darwin" else "manylinux"
    machine = platform.machine()
    fitting = [w for w in wheels if system in w["url"] and w["url"].endswith(f"{machine}.whl")]
    if not fitting:
        raise SystemExit(f"uv.lock has no uv for {system} on {machine}: install uv or pip first.")
    url, digest = fitting[0]["url"], fitting[0]["hash"].removeprefix("sha256:")
    try:
        with urllib.request.urlopen(url, timeout=120) as answer:
            content = answer.read()
    except urllib.error.URLError as error:
        raise SystemExit(f"Cannot fetch {url}: {error.reason}. Install pip or uv first.") from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise SystemExit(f"{url} arrived with another digest than uv.lock has. Try again.")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        member = next(name for name in archive.namelist() if name.endswith("/scripts/uv"))
        UV.write_bytes(archive.read(member))
    UV.chmod(0o755)


if __name__ == "__main__":
    sys.exit(main())
