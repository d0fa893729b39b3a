"""Counts of requests that the error budget is made of, until they are written down."""

from dataclasses import dataclass

SLOW_AFTER_S = 1.0
"""Beyond this a request counts as slow."""

CLIENT_GONE = 499
"""Status of a response that nobody waits for any more, as nginx logs it; it is never sent."""

_NOT_COUNTED = ("/health", "/ready", "/metrics", "/static/", "/admin")


@dataclass(slots=True)
class Tally:
    """Requests of shoppers since it was last emptied: all, those failed (5xx), those slow."""

    requests: int = 0
    failed: int = 0
    slow: int = 0

    def count(self, path: str, status: int, seconds: float) -> None:
        """Count one request, unless it is a check of the platform, a page of staff, or given up by the
        client."""
        if path.startswith(_NOT_COUNTED) or status == CLIENT_GONE:
            return
        self.requests += 1
        self.failed += status >= 500
        self.slow += seconds > SLOW_AFTER_S

    def __isub__(self, written: "Tally") -> "Tally":
        self.requests -= written.requests
        self.failed -= written.failed
        self.slow -= written.slow
        return self
