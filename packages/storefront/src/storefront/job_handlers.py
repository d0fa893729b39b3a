"""What each kind of job does. A feature's handlers are named here, with what they need."""

from storefront.account.work import Work as AccountWork
from storefront.alerts.work import Work as AlertWork
from storefront.checkout import work as checkout_work
from storefront.db import Database
from storefront.jobs.worker import Handler
from storefront.mail.outbox import outbox
from storefront.orders.work import Work as OrderWork
from storefront.payments.provider import PaymentProvider
from storefront.payments.providers import provider_jobs
from storefront.returns.work import Work as ReturnWork
from storefront.reviews.work import Work as ReviewWork
from storefront.saved_searches.work import Work as SavedSearchWork
from storefront.search.engine import Search
from storefront.search.read_model.store import ReadModel
from storefront.settings import Settings
from storefront.web.signing import Signer


def job_handlers(
    database: Database,
    provider: PaymentProvider,
    settings: Settings,
    signing: Signer,
    *,
    read_model: ReadModel,
    search: Search,
) -> dict[str, Handler]:
    """The handlers of all features, by the kind of their jobs."""
    shared = (database, outbox(settings), settings, signing)
    orders = OrderWork(*shared, provider)
    returns = ReturnWork(*shared)
    account = AccountWork(*shared)
    alerts = AlertWork(*shared)
    searches = SavedSearchWork(*shared, read_model, search)
    reviews = ReviewWork(*shared)
    return (
        checkout_work.handlers(database, provider)
        | orders.handlers()
        | returns.handlers()
        | account.handlers()
        | alerts.handlers()
        | searches.handlers()
        | reviews.handlers()
        | provider_jobs(provider)
    )
