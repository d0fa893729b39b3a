"""Files of the data folder, read and written atomically; errors name the file and the solution.

Nothing here deletes what it cannot read: the file may be the only copy of somebody's data.
"""

import contextlib
import errno
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from lakepass.emulator.postgres.binaries import EmulatorError

_FULL = (errno.ENOSPC, errno.EDQUOT)
_NOT_WRITABLE = (errno.EROFS, errno.EACCES, errno.EPERM)


def write_secret(path: Path, content: bytes) -> None:
    """Write the file atomically, readable only by its owner."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    fresh.rename(path)


def read_json(path: Path, *, way_out: str) -> dict[str, Any]:
    """The JSON object in this file; empty if it is missing. Raises EmulatorError if it is damaged."""
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise damaged(path, str(error), way_out) from error
    if not isinstance(content, dict):
        raise damaged(path, "it does not contain a JSON object", way_out)
    return content


def damaged(path: Path, reason: str, way_out: str) -> EmulatorError:
    """The error for an unusable file. way_out: what to do about it, in complete sentences."""
    return EmulatorError(f"{path} is damaged ({reason}); it was not changed. {way_out}")


def disk_full(path: Path) -> EmulatorError:
    """The error for a full disk. path: what could not be written."""
    return EmulatorError(
        f"The disk is full: {path} could not be written. Free some space and start again; "
        "nothing was deleted."
    )


@contextlib.contextmanager
def data_folder(chosen: Path | None) -> Iterator[Path]:
    """A folder that no other emulator is using: the chosen one, or a temporary one.

    The kernel releases its lock however this process ends. Raises EmulatorError if another
    emulator uses the folder, or it is unusable.
    """
    with contextlib.ExitStack() as stack:
        with explained(chosen or Path(tempfile.gettempdir())):
            if chosen is None:
                folder = Path(tempfile.mkdtemp(prefix="lakepass-data-"))
                stack.callback(shutil.rmtree, folder, ignore_errors=True)
            else:
                folder = chosen.expanduser().resolve()
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = stack.enter_context((folder / "lock").open("w"))
            if not try_lock(lock):
                raise EmulatorError(
                    f"Another emulator is using {folder}. Stop it, or choose another --data folder."
                )
        yield folder


def try_lock(file: IO[str]) -> bool:
    """Lock a file for this process and its children; False if another process holds the lock."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn an OSError in the block into an EmulatorError that names the file and the solution."""
    try:
        yield
    except OSError as error:
        path = Path(os.fsdecode(error.filename)) if error.filename else folder
        raise _explanation(error, path) from error


def _explanation(error: OSError, path: Path) -> EmulatorError:
    if error.errno in _FULL:
        return disk_full(path)
    if error.errno in _NOT_WRITABLE:
        return EmulatorError(
            f"{path} cannot be used ({error.strerror}). Choose a --data folder that you can write "
            "to, or change the permissions of this one."
        )
    if isinstance(error, FileExistsError | NotADirectoryError):
        return EmulatorError(
            f"{path} is in the way: it is a file where a folder is needed. Choose another --data "
            "folder, or move the file away."
        )
    return EmulatorError(f"{path} cannot be used: {error.strerror or error}.")
