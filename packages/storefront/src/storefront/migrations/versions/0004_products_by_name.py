"""Find a product by its whole name at once, whatever its case and accents."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index(
        "listings_called_idx", "listings", [sa.text("shop.plain(title)")], schema="shop"
    )


def downgrade() -> None:
    op.drop_index("listings_called_idx", table_name="listings", schema="shop")
