"""What the kernel knows of a process: the workers it started, and its TCP connections (proc(5))."""

from collections.abc import Iterator
from pathlib import Path

_ESTABLISHED = "01"


def workers(pid: int) -> list[int]:
    """The processes that `storefront serve --workers` started; itself, if it serves alone.

    They are forked from a child of it, which serves nothing.
    """
    servers = [child for child in _children(pid) if _is_fork_server(child)]
    return [worker for server in servers for worker in _children(server)] or [pid]


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]


def _is_fork_server(pid: int) -> bool:
    try:
        return b"multiprocessing.forkserver" in Path(f"/proc/{pid}/cmdline").read_bytes()
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
