"""Django's PostgreSQL backend, logged in to Lakebase with a live token for every new connection.

    pip install django "lakepass[psycopg]"

Put this folder beside your project's packages, and in settings.py:

    DATABASES = {"default": {"ENGINE": "django_lakebase", "NAME": "databricks_postgres"}}

Host, role and password come from the environment, as a Databricks App has them injected. What
keeps a database from being reached is a lakepass error that says so, not a django.db one.
"""

from typing import Any

import psycopg
from django.db.backends.postgresql import base

import lakepass

lake = lakepass.Lakebase.from_env()


class LivePsycopg:
    """psycopg as Django knows it, but for how a connection is made."""

    def __getattr__(self, name: str) -> Any:
        return getattr(psycopg, name)

    def connect(self, **parameters: Any) -> Any:
        """A connection with Django's own cursors and types, and a live password."""
        return lake.psycopg_connect(**parameters)


class DatabaseWrapper(base.DatabaseWrapper):  # type: ignore[misc]  # Django has no types
    """What Django looks for in a backend."""

    Database = LivePsycopg()
