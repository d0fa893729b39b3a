"""What each SQL statement costs: its metric, its span, and the log of slow ones with their plans."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from asyncpg import UndefinedTableError
from opentelemetry.trace import SpanKind, Status, StatusCode
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from storefront.telemetry import metrics, tracing

log = logging.getLogger(__name__)

_EXPLAINED_AGAIN_AFTER_S = 3_600.0
_MOST_REMEMBERED = 500  # statements whose plan was logged
_PLANNED = {"select", "insert", "update", "delete", "merge", "with", "values"}

Explain = Callable[[str], Awaitable[str]]
"""Returns the plan that Postgres makes for a statement without its values. Is not timed itself."""


class SlowStatements:
    """Logs statements that take longer than a threshold, with the plan of each once an hour.

    threshold_s: 0 logs none. The values of a statement are not logged: they may be a person's. Of
    statements without a plan, such as CREATE INDEX in a migration, none is logged.
    """

    def __init__(self, threshold_s: float, explain: Explain) -> None:
        self._threshold_s = threshold_s
        self._explain = explain
        self._explained_at: dict[str, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def note(self, statement: str, seconds: float) -> None:
        """Log the statement if it was slow; its plan follows in the background."""
        if not self._threshold_s or seconds < self._threshold_s or _verb(statement) not in _PLANNED:
            return
        metrics.SLOW_STATEMENTS.inc()
        written = " ".join(statement.split())
        log.warning("A statement took %.0f ms: %s", seconds * 1_000, written)
        now = time.monotonic()
        if now - self._explained_at.get(statement, float("-inf")) < _EXPLAINED_AGAIN_AFTER_S:
            return
        if len(self._explained_at) >= _MOST_REMEMBERED:
            self._explained_at.clear()
        self._explained_at[statement] = now
        task = asyncio.get_running_loop().create_task(self._log_plan(statement, written))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Stop waiting for plans."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _log_plan(self, statement: str, written: str) -> None:
        try:
            plan = await self._explain(statement)
        except UndefinedTableError:
            return  # a temporary table, which only its own connection has
        except Exception as error:  # noqa: BLE001 - a plan is worth no failure
            log.info("No plan could be made for %s: %s", written, error)
        else:
            log.warning("The plan of %s:\n%s", written, plan)


class Timing:
    """One statement on its way to the server and back."""

    def __init__(self, statement: str, slow: SlowStatements) -> None:
        self._statement = statement
        self._slow = slow
        self._span = tracing.tracer().start_span(
            _verb(statement),
            kind=SpanKind.CLIENT,
            attributes={"db.system.name": "postgresql", "db.query.text": statement},
        )
        self._began = time.perf_counter()

    def end(self, error: BaseException | None = None) -> None:
        """The statement has returned, or failed."""
        seconds = time.perf_counter() - self._began
        outcome = "ok" if error is None else "error"
        metrics.STATEMENT_DURATION.labels(outcome).observe(seconds)
        if error is not None:
            self._span.set_status(Status(StatusCode.ERROR))
            self._span.set_attribute("error.type", type(error).__name__)
        self._span.end()
        self._slow.note(self._statement, seconds)


def _verb(statement: str) -> str:
    """Its first word, in lower case."""
    return next(iter(statement.split(None, 1)), "statement").lower()


def observe(engine: Engine, slow: SlowStatements) -> None:
    """Time every statement that this engine sends."""

    def begin(
        _connection: Any, _cursor: Any, statement: str, _values: Any, execution: Any, _many: bool
    ) -> None:
        execution.timing = Timing(statement, slow)

    def finish(
        _connection: Any, _cursor: Any, _statement: str, _values: Any, execution: Any, _many: bool
    ) -> None:
        execution.timing.end()

    def fail(failure: ExceptionContext) -> None:
        timing = getattr(failure.execution_context, "timing", None)
        if timing is not None:
            timing.end(failure.original_exception)

    event.listen(engine, "before_cursor_execute", begin)
    event.listen(engine, "after_cursor_execute", finish)
    event.listen(engine, "handle_error", fail)
