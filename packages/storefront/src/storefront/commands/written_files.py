"""Files that a command writes: checked before it begins, since what it does takes minutes."""

from collections.abc import Mapping
from pathlib import Path

from storefront.errors import InvalidInput


def check_targets(targets: Mapping[str, Path | None], *, source: Path | None = None) -> None:
    """Check that each can be written. targets: by option; None: not wanted.

    source: the file that is read. Raises InvalidInput (422) where one is the source, another one, a
    folder, or cannot be written.
    """
    taken = {} if source is None else {_identity(source): "the file that is imported"}
    for option, file in targets.items():
        if file is None:
            continue
        if (other := taken.setdefault(_identity(file), option)) != option:
            raise InvalidInput(f"{option} {file} is {other}. Give another path.")
        _check_writable(option, file)


def _identity(file: Path) -> object:
    """The same for two paths to one file."""
    try:
        stat = file.stat()
    except OSError:
        return file.absolute().resolve()
    return stat.st_dev, stat.st_ino


def _check_writable(option: str, file: Path) -> None:
    is_new = not file.exists()
    if not is_new and not file.is_file() and not file.is_dir():
        return  # a pipe or a device: opening it may wait for its reader
    try:
        with file.open("a"):
            pass
        if is_new:
            file.unlink()
    except OSError as error:
        raise InvalidInput(
            f"{option} {file} cannot be written: {error.strerror}. Nothing was done."
        ) from error
