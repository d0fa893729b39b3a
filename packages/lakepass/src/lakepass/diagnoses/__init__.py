"""The catalogue: every fault that Lakepass knows, under one code each.

Errors take their words from here (`lakepass.errors`), refusals of servers are matched to it
(`lakepass.refusals`), `lakepass doctor` and `lakepass explain` print it, and docs/diagnoses.md is
made from it. The first digit tells where the fault is: 1 settings, 2 workspace, 3 login, 4 the way
in, 5 reachability, 6 rights in the database, 7 the Databricks App.
"""

from lakepass.diagnoses import app, connection, database, login, settings, variables, workspace
from lakepass.diagnoses.diagnosis import Diagnosis

__all__ = ["CATALOGUE", "Diagnosis"]

CATALOGUE: dict[str, Diagnosis] = {
    row.code: row
    for rows in (
        settings.ROWS,
        variables.ROWS,
        workspace.ROWS,
        login.ROWS,
        connection.ROWS,
        database.ROWS,
        app.ROWS,
    )
    for row in rows
}
