"""Makes the project's environment in .venv, from the lock. Needs a Python and nothing else.

uv does the work. Where it is not in the environment yet, pip puts it there; where this Python came
without pip (Debian's python3 without python3-venv), uv's wheel is fetched and unpacked.
"""

import hashlib
import io
import json
import os
import platform
import shutil
import subprocess
import sys
import urllib.request
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
UV = VENV / "bin" / "uv"
OLDEST = (3, 11)


def main() -> int:
    """Make or refresh the environment; quick where there is nothing to do."""
    if sys.version_info < OLDEST:
        print(
            f"This is Python {platform.python_version()}; {OLDEST[0]}.{OLDEST[1]} or newer is needed. "
            "Name one that is there: make setup PYTHON=python3.12",
            file=sys.stderr,
        )
        return 2
    if not works(VENV / "bin" / "python"):
        shutil.rmtree(VENV, ignore_errors=True)
        print("Making .venv …", file=sys.stderr)
        venv.create(VENV, symlinks=True, with_pip=False)
    if not works(UV):
        install_uv()
    environment = os.environ | {"VIRTUAL_ENV": str(VENV), "UV_PROJECT_ENVIRONMENT": str(VENV)}
    command = [str(UV), "sync", "--frozen", "--quiet", "--python", str(VENV / "bin" / "python")]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def works(program: Path) -> bool:
    """Whether it is there and runs: a moved folder leaves programs behind that do not."""
    try:
        return (
            subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0
        )
    except OSError:
        return False


def install_uv() -> None:
    """Put uv into the environment, by pip where there is one."""
    version = locked_version()
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", f"uv=={version}"]
    seed = [str(VENV / "bin" / "python"), "-m", "ensurepip", "--default-pip"]
    for step in (seed, pip):
        if subprocess.run(step, stdout=subprocess.DEVNULL, check=False).returncode != 0:
            return unpack_uv(version)
    return None


def locked_version() -> str:
    """The uv that uv.lock names. Read by line: this runs before any TOML writer could mislead it."""
    lock = (ROOT / "uv.lock").read_text(encoding="utf-8")
    return lock.split('name = "uv"\nversion = "')[1].split('"')[0]


def unpack_uv(version: str) -> None:
    """Fetch uv's wheel for this machine, check its digest, and take the program out of it."""
    index = os.environ.get("UV_JSON_INDEX", "https://pypi.org/pypi")
    with urllib.request.urlopen(f"{index}/uv/{version}/json", timeout=60) as answer:
        files = json.load(answer)["urls"]
    machine = {"arm64": "aarch64"}.get(platform.machine(), platform.machine())
    kind = "macosx" if sys.platform == "darwin" else "manylinux"
    names = {"macosx": platform.machine(), "manylinux": machine}
    wheel = next(
        file
        for file in files
        if kind in file["filename"] and file["filename"].endswith(f"{names[kind]}.whl")
    )
    with urllib.request.urlopen(wheel["url"], timeout=120) as answer:
        content = answer.read()
    if hashlib.sha256(content).hexdigest() != wheel["digests"]["sha256"]:
        raise SystemExit(f"{wheel['filename']} arrived damaged. Try again.")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        member = next(name for name in archive.namelist() if name.endswith("/bin/uv"))
        UV.write_bytes(archive.read(member))
    UV.chmod(0o755)


if __name__ == "__main__":
    sys.exit(main())
