"""databricks-langchain: a checkpointer that stores its state in Lakebase, at the port 5432."""

import os

from databricks_langchain import CheckpointSaver
from langgraph.checkpoint.base import empty_checkpoint

endpoint = os.environ["LAKEBASE_ENDPOINT"]
with (
    CheckpointSaver(autoscaling_endpoint=endpoint) as saver,
    saver._lakebase.connection() as session,
):
    session.execute("CREATE SCHEMA IF NOT EXISTS langchain")
    session.execute(f'ALTER ROLE "{os.environ["PGUSER"]}" SET search_path = langchain')

with CheckpointSaver(autoscaling_endpoint=os.environ["LAKEBASE_ENDPOINT"]) as saver:
    saver.setup()
    place = {"configurable": {"thread_id": "1", "checkpoint_ns": ""}}
    saver.put(place, empty_checkpoint(), {"source": "input", "step": 1}, {})
    print([found.metadata["step"] for found in saver.list(place)])
