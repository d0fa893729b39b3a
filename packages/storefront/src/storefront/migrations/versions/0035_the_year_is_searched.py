"""Products are found by their year, too."""

from collections.abc import Sequence

from alembic import op

revision: str = "0035"
down_revision: str | None = "0034"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute(
        """
        update shop.listing_texts
        set details = concat_ws(' ', material, fit, description, year)
        from shop.live_products where id = colourway_id
        """
    )


def downgrade() -> None:
    op.execute(
        """
        update shop.listing_texts set details = concat_ws(' ', material, fit, description)
        from shop.live_products where id = colourway_id
        """
    )
