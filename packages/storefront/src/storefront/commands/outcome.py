"""How a command ends: its exit code, and what is printed where it failed."""

from storefront.errors import StoreError, Unavailable
from storefront.terminal import console

DONE, FAILED, USAGE_ERROR = 0, 1, 2
INTERRUPTED = 130
"""As a shell reports a command that SIGINT ended."""


def print_error(error: StoreError) -> None:
    """Say why a command failed."""
    console.print(error.reason if isinstance(error, Unavailable) else error.detail, style="red")
