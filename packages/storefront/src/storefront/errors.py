"""What can go wrong, as typed errors that pages and the JSON API both know how to show.

    StoreError
    ├─ NotAllowed     403  not-allowed     the caller may not see or do this
    ├─ NotFound       404  not-found       nothing is there
    ├─ MethodNotAllowed 405  method-not-allowed  the address has other methods
    ├─ RequestTooSlow 408  request-too-slow  its body did not arrive in time
    ├─ Conflict       409  conflict        the current state does not permit it
    ├─ Gone           410  gone            something was there, and will not come back
    ├─ BodyTooLarge   413  body-too-large  more bytes than max_bytes
    ├─ InvalidInput   422  invalid-input   errors: [{pointer, detail}]
    ├─ NotOffered     501  not-offered     the shop is not set up for it
    └─ Unavailable    503  unavailable     retry after retry_after_s

A feature defines its own errors at the top of its service. No HTTP here: a status is a number.
``web/problems.py`` turns them into responses (RFC 9457).
"""

from typing import ClassVar, Self


class StoreError(Exception):
    """Something a caller can act on. The detail is for people; facts are for programs.

    facts: extra members of the problem document; names of three or more letters (RFC 9457, 3.2).
    retry_after_s: when the same request may succeed; None where time alone changes nothing.
    """

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong"
    retry_after_s: int | None = None

    def __init__(self, detail: str, **facts: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.facts = facts


class NotAllowed(StoreError):
    """Only staff may see this: those whom the setting ``STORE_STAFF`` lists, or an admin added.

    They sign in at the proxy in front of the shop; where there is none, by a code that is sent to their
    address.
    """

    status, slug, title = 403, "not-allowed", "This is for staff"


class NotFound(StoreError):
    """Nothing is at this address. It may have been removed, or the address has a typing error."""

    status, slug, title = 404, "not-found", "Not found"


class MethodNotAllowed(StoreError):
    """The address does not have this method. The ``Allow`` header names those that it has.

    Nothing was changed.
    """

    status, slug, title = 405, "method-not-allowed", "This method is not possible here"


class Gone(StoreError):
    """What was at this address is no longer there. Remove links to it."""

    status, slug, title = 410, "gone", "No longer here"


class Conflict(StoreError):
    """The request cannot be carried out in the current state: something else has it, or came first.

    Nothing was changed. Read the current state, then decide again; the same request may succeed later.
    """

    status, slug, title = 409, "conflict", "Not possible in the current state"


class RequestTooSlow(StoreError):
    """The request began, but its body had not arrived by the deadline. Nothing was changed.

    Send it again on a better connection.
    """

    status, slug, title = 408, "request-too-slow", "The request did not arrive in time"


class BodyTooLarge(StoreError):
    """The body of the request is larger than this route accepts: ``max_bytes`` says how much that is.

    Nothing was changed, and most of the body was not read.
    """

    status, slug, title = 413, "body-too-large", "The request is too large"


class UnsupportedMediaType(StoreError):
    """The body of the request is of a kind that this route does not read; the detail names a right one.

    Nothing was changed. Send the body in that form, with its ``Content-Type``.
    """

    status, slug, title = 415, "unsupported-media-type", "The body is of the wrong kind"


class InvalidInput(StoreError):
    """Some of the input cannot be used. Each entry of ``errors`` names one value and what it must be.

    Nothing was changed; correct these values and send the request again.
    """

    status, slug, title = 422, "invalid-input", "Some input cannot be used"

    @classmethod
    def of(cls, name: str, reason: str) -> Self:
        """One value that cannot be used, for a reason that is the whole detail. name: of its field."""
        return cls(reason, errors=[{"pointer": f"#/{name}", "detail": reason}])

    @property
    def pointers(self) -> set[str]:
        """The values that ``errors`` names, as JSON pointers."""
        errors = self.facts.get("errors", [])
        assert isinstance(errors, list)
        return {one["pointer"] for one in errors}


class NotOffered(StoreError):
    """The shop does not do this as it is set up. Retrying will not help.

    The detail says what would have to be set up.
    """

    status, slug, title = 501, "not-offered", "This is not offered"


class Unavailable(StoreError):
    """The shop's database is not answering: it is asleep, restarting, busy or not configured correctly.

    Nothing is lost. Retry after the number of seconds in the ``Retry-After`` header.
    """

    status, slug, title = 503, "unavailable", "The shop is not available right now"

    def __init__(
        self,
        detail: str,
        *,
        retry_after_s: int = 5,
        reason: str = "",
        is_passing: bool = False,
        **facts: object,
    ):
        """reason: for the operator; shown by /ready and in the log, never to shoppers.

        is_passing: another attempt may succeed at once: a connection was cut, or a new one was refused
        while others are open.
        """
        super().__init__(detail, **facts)
        self.retry_after_s = retry_after_s
        self.reason = reason or detail
        self.is_passing = is_passing


def every_error() -> list[type[StoreError]]:
    """Every subclass defined so far, by slug; the documentation is generated from it."""
    found: list[type[StoreError]] = []
    waiting = StoreError.__subclasses__()
    while waiting:
        kind = waiting.pop()
        found.append(kind)
        waiting.extend(kind.__subclasses__())
    return sorted(found, key=lambda kind: kind.slug)
