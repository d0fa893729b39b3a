"""Commands of this repository in processes of their own, without the seconds that imports take.

A server that has imported what the commands import forks for each call. The fork gets the arguments, the
environment, the folder and the open files of the caller, as a new process would. Calls that set up the
interpreter itself (PYTHONPATH, options such as -W) start a new one.
"""

import atexit
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
# For a shell and for Python: a path with a space cannot stand behind #!.
_START = f"""#!/bin/sh
'''exec' '{sys.executable}' -IS "$0" "$@"
' '''
"""
_CLIENT = (_HERE / "client.py").read_text(encoding="utf-8")


@cache
def programs(package: str = "lakepass") -> Path:
    """A folder with `python` and the command of this package, for the front of PATH.

    The server starts with the first call and ends with this process.
    """
    folder = Path(tempfile.mkdtemp(prefix="warm-"))
    for name in ("python", package):
        script = folder / name
        script.write_text(f"{_START}{_CLIENT}", encoding="utf-8")
        script.chmod(0o755)
    server = subprocess.Popen(
        [sys.executable, str(_HERE / "server.py"), str(folder / "socket"), package],
        stdin=subprocess.PIPE,  # its end ends the server
        stdout=subprocess.PIPE,
    )
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    atexit.register(_end, server, folder)
    return folder


def _end(server: "subprocess.Popen[bytes]", folder: Path) -> None:
    server.communicate()
    shutil.rmtree(folder, ignore_errors=True)


def command(package: str) -> list[str]:
    """The start of a command line: `[*command("lakepass"), "token"]`."""
    return [str(programs(package) / package)]
