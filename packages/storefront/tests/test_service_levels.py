"""The error budget: counted in every process, written down together, shown to staff."""

from collections.abc import Callable

from storefront.db import Database
from storefront.service_levels import queries, service
from storefront.telemetry.tally import CLIENT_GONE, Tally


async def test_counts_of_two_processes_add_up(fresh_database: Callable[[], Database]) -> None:
    database = fresh_database()
    async with database.reads() as session:
        untouched = await queries.error_budget(session)
    assert (untouched.answered.kept, untouched.answered.budget_left) == (1.0, 1.0)

    first, second = Tally(), Tally()
    for _ in range(2_998):
        first.count("/p/a-shirt", 200, 0.1)
    first.count("/p/a-shirt", 503, 10.0)
    second.count("/", 404, 0.1)
    second.count("/health", 500, 20.0)  # the platform asks, no shopper
    second.count("/images/a-shirt", CLIENT_GONE, 2.0)  # scrolled on before it was made
    await service.write(database, first)
    await service.write(database, second)
    await service.write(database, second)  # nothing is left to write
    assert first == second == Tally()

    async with database.reads() as session:
        budget = await queries.error_budget(session)
    await database.aclose()
    assert (budget.answered.requests, budget.answered.bad) == (3_000, 1)
    assert round(budget.answered.budget_left, 4) == 0.6667  # 1 of 3 that may fail
    assert (budget.fast.bad, round(budget.fast.budget_left, 4)) == (1, 0.9667)
