"""What can go wrong, as facts: typed errors that every face of the shop (page, JSON) can show.

    StoreError
    ├─ NotAllowed     403  not-allowed     it is for others to see
    ├─ NotFound       404  not-found       nothing is there
    ├─ InvalidInput   422  invalid-input   errors: [{pointer, detail}]
    ├─ NotOffered     501  not-offered     the shop cannot do that
    └─ Unavailable    503  unavailable     try again after retry_after_s

A feature's own errors stand on top of its service. No HTTP here: a status is a number.
``web/problems.py`` turns them into answers (RFC 9457).
"""

from typing import ClassVar


class StoreError(Exception):
    """Something a caller can act on. The message is for the person; facts are for programs.

    facts: members added to the problem document; names of three or more letters (RFC 9457, 3.2).
    """

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, detail: str, **facts: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.facts = facts


class NotAllowed(StoreError):
    """This is for staff. Who that is stands in the setting ``STORE_STAFF``.

    People are known by the e-mail address that the proxy before the shop vouches for.
    """

    status, slug, title = 403, "not-allowed", "This is for staff"


class NotFound(StoreError):
    """Nothing is at this address. It may have been removed, or the address has a typing error."""

    status, slug, title = 404, "not-found", "Not found"


class InvalidInput(StoreError):
    """Some of the input cannot be used. Each entry of ``errors`` names one value and what it must be.

    Nothing was changed; mend the values named and send the request again.
    """

    status, slug, title = 422, "invalid-input", "Some input cannot be used"


class NotOffered(StoreError):
    """The shop knows what is asked for but cannot do it as it is set up. Asking again will not help.

    The detail says what it would take.
    """

    status, slug, title = 501, "not-offered", "This is not offered"


class Unavailable(StoreError):
    """The shop's database does not answer just now: asleep, restarting, busy or set up wrongly.

    Nothing is lost. Try again after the seconds that the ``Retry-After`` header gives.
    """

    status, slug, title = 503, "unavailable", "The shop is not open just now"

    def __init__(self, detail: str, *, retry_after_s: int = 5, reason: str = "", **facts: object):
        """reason: what an operator should know; shown by /ready and the log, never to shoppers."""
        super().__init__(detail, **facts)
        self.retry_after_s = retry_after_s
        self.reason = reason or detail


def every_error() -> list[type[StoreError]]:
    """Every kind of error that has been defined, by slug; documentation is made from it."""
    found: list[type[StoreError]] = []
    waiting = StoreError.__subclasses__()
    while waiting:
        kind = waiting.pop()
        found.append(kind)
        waiting.extend(kind.__subclasses__())
    return sorted(found, key=lambda kind: kind.slug)
