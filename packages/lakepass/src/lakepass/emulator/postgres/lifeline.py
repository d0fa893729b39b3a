"""Ends a server with its emulator, and finds a place for its socket."""

import subprocess
import tempfile
from pathlib import Path

# `sun_path` has 104 bytes on macOS and 108 on Linux, including the terminating NUL: unix(4), unix(7).
SOCKET_PATH_LIMIT = 103
SOCKET_PREFIX = "lakepass-"

# Postgres is a child of this small shell, not of Python. A watcher in it reads a pipe whose other
# end the emulator holds: however the emulator ends, kill -9 included, the pipe closes, the watcher
# stops Postgres and the shell removes temporary files. Closing the pipe is also how `stop`
# stops it: fast (INT), so that data is saved; at once (QUIT) where its files are removed anyway. A
# server that ends on its own leaves its files, so that it can be started again.
LIFELINE = """
socket=$1 data=$2; shift 2
exec 3<&0
released=
[ "$data" ] && how=QUIT || how=INT
trap 'released=1; kill -$how $server' USR1
"$@" </dev/null 3<&- & server=$!
(cat <&3 >/dev/null; kill -USR1 $$) & watcher=$!
while :; do
    wait $server; code=$?
    [ $code -gt 128 ] && kill -0 $server 2>/dev/null || break
done
kill $watcher 2>/dev/null
[ "$released" ] && rm -rf "$socket" "$data"
exit $code
"""


def release(shell: subprocess.Popen[bytes]) -> None:
    """Close the shell's end of the pipe: its remaining processes end and release the lock."""
    assert shell.stdin is not None
    shell.stdin.close()


def short_folder() -> Path:
    """A new private folder whose path is short enough for a socket."""
    room = SOCKET_PATH_LIMIT - len(f"/{SOCKET_PREFIX}12345678/.s.PGSQL.5432")
    parent = tempfile.gettempdir() if len(tempfile.gettempdir()) <= room else "/tmp"  # noqa: S108 - mkdtemp makes the name and closes it
    return Path(tempfile.mkdtemp(prefix=SOCKET_PREFIX, dir=parent))


def pid_file(files: Path) -> list[str]:
    """The lines of postmaster.pid, stripped; its eighth and last is the state of the server.

    Source: PostgreSQL, `src/include/utils/pidfile.h`.
    """
    try:
        return [line.strip() for line in (files / "postmaster.pid").read_text().splitlines()]
    except FileNotFoundError:
        return []
