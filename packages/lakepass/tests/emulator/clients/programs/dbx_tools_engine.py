"""dbx-tools-postgres: an engine that finds its database and mints for each connection."""

import sqlalchemy as sa
from databricks.sdk import WorkspaceClient
from dbx_tools.postgres.engine import create_engine

engine = create_engine(WorkspaceClient())
with engine.begin() as session:
    print(session.scalar(sa.text("SELECT current_user")))
    session.execute(sa.text("CREATE SCHEMA dbx_tools"))
    session.execute(sa.text("CREATE TABLE dbx_tools.orders (id int)"))
    session.execute(sa.text("INSERT INTO dbx_tools.orders VALUES (1), (2)"))
    print(session.scalar(sa.text("SELECT count(*) FROM dbx_tools.orders")))
