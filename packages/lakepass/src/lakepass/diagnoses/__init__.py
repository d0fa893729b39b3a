"""The catalogue of all faults that Lakepass knows, each with a code.

Errors take their messages from here (`lakepass.errors`), server refusals are mapped to it
(`lakepass.refusals`), `lakepass doctor` and `lakepass explain` print it, and docs/diagnoses.md is
generated from it. The first digit is the area: 1 settings, 2 workspace, 3 login, 4 connecting,
5 reachability, 6 privileges in the database, 7 the Databricks App.
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
