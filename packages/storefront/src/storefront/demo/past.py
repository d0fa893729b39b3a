"""What a demo shop looks back on: orders, reviews, and what its staff made."""

from storefront.db import Database
from storefront.demo.merchandising import merchandise
from storefront.demo.orders import place_demo_orders
from storefront.demo.reviews import write_demo_reviews
from storefront.demo.wishes import write_demo_wishes
from storefront.payments.provider import PaymentProvider
from storefront.search.read_model import refresh


async def write_past(
    database: Database, provider: PaymentProvider, *, currency: str, seed: int
) -> list[str]:
    """Write the missing parts; returns a line for people about each of them."""
    lines = []
    if placed := await place_demo_orders(database, provider, currency=currency):
        lines.append(f"Placed {placed} past orders of the demo shoppers.")
    if written := await write_demo_reviews(database, seed=seed, currency=currency):
        lines.append(f"Wrote {written:,} reviews of demo buyers.")
        await refresh.refresh_all(database)
    if alerts := await write_demo_wishes(database):
        lines.append(f"Wrote a wishlist, saved searches and {alerts:,} alerts of demo buyers.")
    if await merchandise(database):
        lines.append("Added collections, redirects and a planned page.")
    return lines
