"""databricks-ai-bridge: each way to name a database; the port is fixed at 5432."""

import os

from databricks_ai_bridge.lakebase import LakebasePool

for place in (
    {"autoscaling_endpoint": os.environ["LAKEBASE_ENDPOINT"]},
    {"project": "local", "branch": "production"},
    {"instance_name": "local"},
):
    pool = LakebasePool(**place)
    with pool.connection() as session:
        print(session.execute("SELECT current_user AS who").fetchone()["who"])
    pool.close()
