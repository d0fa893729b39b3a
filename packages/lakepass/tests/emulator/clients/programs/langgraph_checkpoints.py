"""langgraph-checkpoint-postgres: tables of its own, a checkpoint in and out."""

import psycopg
from langgraph.checkpoint.base import empty_checkpoint
from langgraph.checkpoint.postgres import PostgresSaver
from psycopg.rows import dict_row

with psycopg.connect(autocommit=True, row_factory=dict_row) as session:
    session.execute("CREATE SCHEMA langgraph")
    session.execute("SET search_path = langgraph")
    saver = PostgresSaver(session)
    saver.setup()
    place = {"configurable": {"thread_id": "1", "checkpoint_ns": ""}}
    saver.put(place, empty_checkpoint(), {"source": "input", "step": 1}, {})
    print([found.metadata["step"] for found in saver.list(place)])
