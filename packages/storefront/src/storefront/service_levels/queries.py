"""Reads of the error budget."""

from dataclasses import dataclass

from sqlalchemy import text

from storefront.db import ReadSession

WINDOW_DAYS = 28
ANSWERED_GOAL = 0.999
"""Share of requests that are to be answered without a server error."""
FAST_GOAL = 0.99
"""Share of requests that are to be answered within ``telemetry.tally.SLOW_AFTER_S``."""


@dataclass(frozen=True, slots=True)
class Objective:
    """One goal and how far it was kept. bad: requests that missed it."""

    goal: float
    requests: int
    bad: int

    @property
    def kept(self) -> float:
        """Share of requests that met the goal; 1 where there were none."""
        return 1 - self.bad / self.requests if self.requests else 1.0

    @property
    def budget_left(self) -> float:
        """Share of the allowed misses that is left: 1 none used, 0 all used, below 0 overspent."""
        allowed = (1 - self.goal) * self.requests
        return 1 - self.bad / allowed if allowed else 1.0


@dataclass(frozen=True, slots=True)
class ErrorBudget:
    """The last WINDOW_DAYS."""

    answered: Objective
    fast: Objective


async def error_budget(session: ReadSession) -> ErrorBudget:
    """How well the goals were kept. One statement."""
    row = (await session.execute(_TOTALS, {"days": WINDOW_DAYS})).one()
    requests, failed, slow = row
    return ErrorBudget(
        answered=Objective(ANSWERED_GOAL, requests, failed),
        fast=Objective(FAST_GOAL, requests, slow),
    )


_TOTALS = text(
    """
    select cast(coalesce(sum(requests), 0) as bigint), cast(coalesce(sum(failed), 0) as bigint),
        cast(coalesce(sum(slow), 0) as bigint)
    from shop.request_counts
    where hour > now() - make_interval(days => :days)
    """
)
