"""What the kernel knows of a process: the workers it started, and its TCP connections (proc(5))."""

from collections.abc import Iterator
from pathlib import Path

_ESTABLISHED = "01"


def workers(pid: int) -> list[int]:
    """The processes that `storefront serve --workers` started; itself, if it serves alone."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [child for child in map(int, listed.split()) if _is_worker(child)] or [pid]


def _is_worker(pid: int) -> bool:
    try:
        return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def connections(pid: int) -> Iterator[tuple[int, int]]:
    """Local and remote port of each established TCP connection of a process."""
    own = _sockets(pid)
    for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        words = line.split()
        if words[3] == _ESTABLISHED and words[9] in own:
            yield int(words[1].partition(":")[2], 16), int(words[2].partition(":")[2], 16)


def _sockets(pid: int) -> set[str]:
    """The inodes of a process's sockets."""
    found = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(entry.readlink())
        except OSError:
            continue
        if target.startswith("socket:["):
            found.add(target[8:-1])
    return found
