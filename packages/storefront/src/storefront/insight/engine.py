"""The data frames that jobs are written against: PySpark's, or sqlframe's on DuckDB, which are alike.

docs/decisions/0044 compares them, and says which functions differ in silence.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from storefront.errors import NotOffered

EngineName = Literal["duckdb", "spark"]

_NOT_INSTALLED = (
    "The {engine} engine is not installed: {error}. For duckdb, install the extra: pip install "
    "'storefront[insight]'. Databricks has spark."
)


@dataclass(frozen=True, slots=True)
class Engine:
    """A session with the functions and the windows that belong to it (pyspark.sql and its likes)."""

    session: Any
    functions: Any
    window: Any

    def read(self, file: Path, columns: str) -> Any:
        """A CSV file with a header as a data frame. columns: names and types, ``order_id bigint, …``."""
        return self.session.read.csv(str(file), schema=columns, header=True)


def engine_named(name: EngineName) -> Engine:
    """A session; facts have days and no times, so its time zone does not matter.

    Raises NotOffered (501) where the engine is not installed.
    """
    try:
        return _duckdb() if name == "duckdb" else _spark()
    except ImportError as error:
        raise NotOffered(_NOT_INSTALLED.format(engine=name, error=error)) from error


def _duckdb() -> Engine:
    from sqlframe.duckdb import DuckDBSession, Window, functions  # noqa: PLC0415 - an extra

    return Engine(DuckDBSession.builder.getOrCreate(), functions, Window)


def _spark() -> Engine:
    from pyspark.sql import SparkSession, Window, functions  # noqa: PLC0415 - Databricks has it

    return Engine(SparkSession.builder.getOrCreate(), functions, Window)
