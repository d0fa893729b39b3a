"""Processes sort by themselves: the orders that their index knows need none in the database."""

from collections.abc import Sequence

from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_UNREAD = {
    "listings_newest_idx": "published_at desc, colourway_id desc",
    "listings_popularity_idx": "popularity desc, colourway_id desc",
    "listings_price_idx": "price_minor, colourway_id",
    "listings_rating_idx": "rating desc, colourway_id desc",
    "listings_style_idx": "style_id",
}


def upgrade() -> None:
    for name in _UNREAD:
        op.execute(f"drop index shop.{name}")


def downgrade() -> None:
    for name, columns in _UNREAD.items():
        op.execute(f"create index {name} on shop.listings ({columns})")
