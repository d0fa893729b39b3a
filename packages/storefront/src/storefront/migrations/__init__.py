"""Bring the database to the newest schema, or say how far it is. The steps are in ``versions/``."""

import logging
import warnings
from importlib import resources
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.exc import SAWarning

from storefront.db import SCHEMA, Database
from storefront.schema import is_newer
from storefront.tables import Base

log = logging.getLogger(__name__)

_SCRIPTS = resources.files(__name__)  # they come with the package: a wheel migrates, too

# How Alembic looks at the database: at our schema, server defaults included.
COMPARISON: dict[str, Any] = {
    "version_table_schema": SCHEMA,
    "include_schemas": True,
    "include_name": lambda name, kind, _parents: kind != "schema" or name == SCHEMA,
    "compare_server_default": True,
}


async def migrate(database: Database, *, lock_timeout_s: float = 5.0) -> None:
    """Apply every migration not yet applied, in one transaction, one process at a time.

    lock_timeout_s: how long a statement waits for a lock; while it waits, others wait behind it.
    Raises Unavailable (503), also where another transaction keeps a lock for longer: nothing was
    changed then, and callers try again.

    A schema that newer code has migrated is left as it is: after a roll-back, the older code runs on it
    (docs/deploy.md).
    """
    async with database.connection() as connection:
        await connection.run_sync(_upgrade, lock_timeout_s)


async def differences(database: Database) -> list[str]:
    """Differences between the models and the database; empty if they agree."""
    async with database.connection() as connection:
        return await connection.run_sync(_differences)


def _differences(connection: Connection) -> list[str]:
    context = MigrationContext.configure(connection, opts=COMPARISON)
    with warnings.catch_warnings():
        # Of every check that is "not valid": SQLAlchemy reads that, and then does not know the option.
        warnings.filterwarnings("ignore", "Can't validate argument 'dialect_options'", SAWarning)
        return [repr(difference) for difference in compare_metadata(context, Base.metadata)]


def _upgrade(connection: Connection, lock_timeout_s: float) -> None:
    context = MigrationContext.configure(connection, opts=COMPARISON)
    current = context.get_current_revision()
    if is_newer(current):
        log.warning(
            "The schema is at %s, which is newer than this code; it is left as it is.", current
        )
        return
    config = alembic_config(connection)
    config.attributes["lock_timeout"] = f"{lock_timeout_s * 1000:.0f}ms"
    command.upgrade(config, "head")


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's settings: where the migrations are, and the connection to run them on."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
