"""What a failing database means for the caller: one table from driver errors to the shop's own.

``db.py`` applies it where the driver is called. Other errors inside a transaction stay as they are.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import asyncpg
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

import lakepass
from lakepass.drivers.lost import is_connection_lost
from storefront.errors import InvalidInput, StoreError, Unavailable

POLITE = (
    "The shop's database is not answering right now. Nothing is lost; please try again shortly."
)

NUL = "\0"
"""The one character of Unicode that Postgres stores in no text (PostgreSQL docs, 8.3)."""

_DRIVERS_OWN = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
)

# SQLSTATE classes that say "not now" rather than "wrong" (PostgreSQL docs, appendix A).
_NOT_NOW = ("08", "57P", "53")
# A NUL character in a text; the same, escaped, in JSON (PostgreSQL docs, appendix A).
_INVALID_TEXT = ("22021", "22P05")
# Data exceptions, violated constraints, limits of the server (PostgreSQL docs, appendix A).
_REFUSED = ("22", "23", "54")
_RETRY = {
    "40001": "The transaction could not be serialised with others.",
    "40P01": "The transaction was the victim of a deadlock.",
    "55P03": "A row stayed locked by another transaction.",
    "57014": "A statement ran longer than STORE_STATEMENT_TIMEOUT_S allows, or was cancelled.",
}

_MIGRATE = "The database does not have the schema that this code needs: run `storefront migrate`."
_NOT_SET_UP = {
    "3F000": _MIGRATE,  # no such schema
    "42P01": _MIGRATE,  # no such table
    "42703": _MIGRATE,  # no such column
    "42501": "The Postgres role lacks a privilege that the shop needs: it must own the schema "
    "`shop`, or be granted it by whoever created it.",
}


class InvalidText(InvalidInput):
    """A text holds a character that cannot be stored: NUL, or half of a surrogate pair.

    Nothing was changed. Remove it, and send the request again.
    """

    slug, title = "invalid-text", "A text holds a character that cannot be stored"


@contextmanager
def driver_errors() -> Iterator[None]:
    """Raise Unavailable or InvalidText for what the driver raises here.

    For blocks of nothing but driver calls.
    """
    try:
        yield
    except Exception as error:
        if meaning := as_store_error(error):
            raise meaning from error
        raise


def on_driver_error(context: ExceptionContext) -> StoreError | None:
    """SQLAlchemy's ``handle_error`` event: the error to raise instead, or None for the original."""
    wrapper = context.original_exception
    if not isinstance(wrapper, Exception):  # cancelled: that is for the caller to know, as it is
        return None
    error = wrapper.__cause__ if isinstance(wrapper.__cause__, _DRIVERS_OWN) else wrapper
    context.is_disconnect = context.is_disconnect or is_connection_lost(error)
    if context.is_pre_ping:  # the pool opens another connection
        return None
    return as_store_error(error) or (_lost("cut") if context.is_disconnect else None)


def is_value_refused(error: DBAPIError) -> bool:
    """Whether a value cannot be stored: of a wrong kind, against a constraint, too long for an index."""
    return isinstance(error.orig, BaseException) and _sqlstate(error.orig).startswith(_REFUSED)


def as_store_error(error: BaseException) -> StoreError | None:
    """What an error of a driver call means for the caller; None where it is a bug."""
    # asyncpg wraps what it cannot encode, such as half of a surrogate pair.
    if _sqlstate(error) in _INVALID_TEXT or isinstance(error.__cause__, UnicodeEncodeError):
        return InvalidText("A text holds a character that cannot be stored.", errors=[])
    if isinstance(error, lakepass.LakepassError):
        # What lakepass retries, it has retried until the deadline.
        is_refused = not (error.retryable or isinstance(error, lakepass.ConfigurationError))
        return Unavailable(POLITE, reason=str(error), is_passing=is_refused)
    if isinstance(error, PoolTimeout):
        return Unavailable(POLITE, retry_after_s=1, reason="All connections are in use.")
    if isinstance(error, TimeoutError):
        return Unavailable(POLITE, reason="The database did not answer in time.")
    state = _sqlstate(error)
    if state in _RETRY:
        return Unavailable(POLITE, retry_after_s=1, reason=f"{_RETRY[state]} (SQLSTATE {state})")
    if state in _NOT_SET_UP:
        return Unavailable(POLITE, retry_after_s=60, reason=_NOT_SET_UP[state])
    if is_connection_lost(error) or state.startswith(_NOT_NOW):
        return _lost(state or "cut")
    return None


@contextmanager
def refusing(refusals: Mapping[str, Callable[[], StoreError]]) -> Iterator[None]:
    """Raise a feature's own error where a statement in this block violates a named constraint.

    refusals: by constraint name, what makes the error; what Postgres says of the violation, with tables
    and columns, is not for callers. A violation that is not listed stays the bug that it is.
    The transaction cannot go on after a violation: let the error end it, or put the statement into a
    ``session.begin_nested()`` inside this block.
    """
    try:
        yield
    except IntegrityError as error:
        violation = error.orig.__cause__ if error.orig is not None else None
        refusal = refusals.get(str(getattr(violation, "constraint_name", None)))
        if refusal is None:
            raise
        raise refusal() from error


def _sqlstate(error: BaseException) -> str:
    return str(getattr(error, "sqlstate", None) or "")


def _lost(how: str) -> Unavailable:
    reason = f"The connection was lost ({how})."
    return Unavailable(POLITE, reason=reason, is_passing=True)
