"""Which schemas of the database this code knows; `migrations` makes them."""

from functools import cache
from importlib import resources

_VERSIONS = resources.files("storefront") / "migrations" / "versions"


@cache
def revisions() -> tuple[str, ...]:
    """Every migration that this code knows, newest first. Read from disk once.

    Their files are named by them. Alembic would need a tenth of a second of every start to be imported.
    """
    names = (file.name for file in _VERSIONS.iterdir() if file.name.endswith(".py"))
    return tuple(sorted((name.partition("_")[0] for name in names), reverse=True))


def is_newer(revision: str | None) -> bool:
    """Whether a schema at this revision was migrated by code newer than this."""
    return revision is not None and revision not in revisions()
