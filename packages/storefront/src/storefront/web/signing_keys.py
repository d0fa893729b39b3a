"""The keys that cookies and links are signed with: of the settings, or of a file."""

import os
import secrets
from pathlib import Path

from storefront.errors import Unavailable
from storefront.setting_values import SHORTEST_KEY
from storefront.settings import Settings


def keys_of(settings: Settings) -> list[str]:
    """The keys of the settings, newest first, else those of a file.

    The file is created at first use, readable by its owner alone, and shared by processes that start at
    once. Raises Unavailable (503) where it cannot be read or created, or has no or too short keys.
    """
    if settings.secret_keys:
        return [key.get_secret_value() for key in settings.secret_keys]
    file = settings.secret_keys_file
    try:
        if not file.exists():
            _create(file)
        keys = file.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise _unusable(file, f"cannot be used: {why}") from error
    if not keys or min(map(len, keys)) < SHORTEST_KEY:
        raise _unusable(file, f"has no keys, or one of fewer than {SHORTEST_KEY} characters")
    return keys


def _unusable(file: Path, why: str) -> Unavailable:
    reason = (
        f"The file of signing keys {file} {why}. Correct or delete it, or set STORE_SECRET_KEYS; "
        "STORE_SECRET_KEYS_FILE names it."
    )
    return Unavailable("The shop is not set up correctly.", reason=reason)


def _create(file: Path) -> None:
    """A file with a new key, complete from the moment it is there; an existing one stays."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as lines:
        lines.write(f"{secrets.token_urlsafe(32)}\n")
    try:
        os.link(draft, file)
    except FileExistsError:
        pass  # another process was first
    finally:
        draft.unlink()
