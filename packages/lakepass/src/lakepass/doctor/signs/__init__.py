"""Wordings of the SDK, drivers and programs that identify a cause."""

from lakepass.doctor.signs import (
    certificates,
    classes,
    connection,
    database,
    hosts,
    identity,
    languages,
    libpq,
    login,
    methods,
    pools,
    programs,
    settings,
    workspace,
)
from lakepass.doctor.signs.sign import CATALOGUE_ADVICE, Advice, Sign

__all__ = ["CATALOGUE_ADVICE", "SIGNS", "Advice", "Sign"]

SIGNS: tuple[Sign, ...] = (
    *settings.SIGNS,
    *certificates.SIGNS,
    *libpq.SIGNS,
    *hosts.SIGNS,
    *programs.SIGNS,
    *identity.SIGNS,
    *workspace.SIGNS,
    *login.SIGNS,
    *methods.SIGNS,
    *connection.SIGNS,
    *pools.SIGNS,
    *database.SIGNS,
    *languages.SIGNS,
    *classes.SIGNS,
)
