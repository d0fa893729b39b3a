"""The part of Databricks Apps that installs an app, starts it and ends it.

Source: Databricks docs, "Databricks Apps environment", "System environment" and "Best practices", read
2026-11. In place of a workspace there is the local Lakebase, whose authority is private and whose ports
are not 5432; nothing else differs.
"""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO
from uuid import uuid4

import httpx
import yaml

from bench.processes import workers

ROOT = Path(__file__).parents[2]
STOP_WITHIN_S = 15
"""The platform kills what has not ended so long after SIGTERM."""
_STARTED_WITHIN_S = 120.0
_UV = Path(sys.executable).with_name("uv")


def upload(folder: Path, root: Path = ROOT) -> None:
    """Copy what a deployment uploads: the checkout, less what databricks.yml leaves out."""
    folder.mkdir(exist_ok=True)
    for name in ("README.md", "LICENSE", "app.yaml", "pyproject.toml", "requirements.txt"):
        shutil.copy(root / name, folder / name)
    left_out = shutil.ignore_patterns("__pycache__", "docs", "tests")
    shutil.copytree(root / "packages", folder / "packages", ignore=left_out, dirs_exist_ok=True)


def install(folder: Path, *, is_compiled: bool = True) -> None:
    """Install requirements.txt into an environment of its own: wheels of both packages are built.

    is_compiled: as the platform's pip does, which uv does only when asked.
    """
    python = folder / ".venv" / "bin" / "python"
    compiling = ["--compile-bytecode"] if is_compiled else []
    for command in (
        ["venv", "--quiet", "--python", sys.executable, ".venv"],
        ["pip", "install", "--quiet", *compiling, "--python", str(python), "-r", "requirements.txt"],
    ):  # fmt: skip
        subprocess.run([_UV, *command], cwd=folder, check=True)


def app_yaml(folder: Path, resources: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Command and variables of app.yaml. resources: what each key of ``valueFrom`` yields."""
    described = yaml.safe_load((folder / "app.yaml").read_text(encoding="utf-8"))
    variables = {
        entry["name"]: entry["value"] if "value" in entry else resources[entry["valueFrom"]]
        for entry in described["env"]
    }
    return described["command"], variables


def start(
    folder: Path,
    command: Sequence[str],
    environ: Mapping[str, str],
    *,
    output: int | IO[bytes] | None,
) -> tuple[str, "subprocess.Popen[bytes]"]:
    """Start a command without a shell, in this environment alone. Returns its address and process.

    output: where it prints to; None: where we do.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = [word.replace("$DATABRICKS_APP_PORT", str(port)) for word in command]
    path = f"{folder / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    program = shutil.which(words[0], path=path)
    if program is None:
        raise FileNotFoundError(f"requirements.txt installs no command {words[0]}")
    base = {"PATH": path, "HOME": str(folder)}
    process = subprocess.Popen(
        [program, *words[1:]],
        cwd=folder,
        env={**base, **environ, "DATABRICKS_APP_PORT": str(port)},
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
    )
    return f"http://127.0.0.1:{port}", process


class Deployment:
    """One process of the app, and what it printed."""

    def __init__(self, folder: Path, command: Sequence[str], environ: Mapping[str, str]) -> None:
        self.log = folder / f"{uuid4()}.log"
        with self.log.open("wb") as log:
            self.url, self._process = start(folder, command, environ, output=log)

    async def wait_for(self, path: str) -> httpx.Response:
        """Ask until it answers 200. Raises AssertionError with the last answer."""
        last = "nothing"
        async with httpx.AsyncClient(base_url=self.url, timeout=20) as client:
            try:
                async with asyncio.timeout(_STARTED_WITHIN_S):
                    while True:
                        assert self._process.poll() is None, f"the app ended: {self.log_end()}"
                        try:
                            answer = await client.get(path)
                        except httpx.TransportError as error:
                            last = repr(error)
                        else:
                            if answer.status_code == 200:
                                return answer
                            last = f"{answer.status_code} {answer.text}"
                        await asyncio.sleep(0.2)
            except TimeoutError:
                raise AssertionError(f"{path} never answered 200, but {last}") from None

    def processes(self) -> int:
        """How many processes serve."""
        return len(workers(self._process.pid))

    async def stop(self) -> float:
        """End it as the platform does. Returns how many seconds that took; 15 or more: it was killed."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                await asyncio.to_thread(self._process.wait, STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        return loop.time() - began

    def log_end(self) -> str:
        """The last lines that it printed."""
        return "\n".join(self.log.read_text(encoding="utf-8").splitlines()[-40:])
