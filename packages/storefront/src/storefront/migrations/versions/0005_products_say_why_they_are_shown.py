"""Make every listing again: products say why they are shown, as they did in the first version."""

from collections.abc import Sequence

from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute(
        "insert into shop.product_changes (colourway_id) select colourway_id from shop.listings"
    )


def downgrade() -> None:
    """Nothing to undo: older code reads the members it knows."""
