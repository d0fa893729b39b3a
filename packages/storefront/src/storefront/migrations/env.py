"""Alembic's entry: runs migrations on the connection that the shop hands it (storefront.migrations)."""

from alembic import context
from sqlalchemy import Connection, text

from storefront.locks import WAIT, lock_key
from storefront.migrations import COMPARISON
from storefront.tables import Base


def _run(connection: Connection) -> None:
    # Several processes may start at once: the second waits here, then finds nothing left to do.
    connection.execute(text("set local lock_timeout = '60s'"))
    connection.execute(text(WAIT), {"key": lock_key("migrations")})
    wait = context.config.attributes.get("lock_timeout", "5s")
    connection.execute(text("select set_config('lock_timeout', :wait, true)"), {"wait": wait})
    connection.execute(text("create schema if not exists shop"))
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        **COMPARISON,
    )
    context.run_migrations()


_run(context.config.attributes["connection"])
