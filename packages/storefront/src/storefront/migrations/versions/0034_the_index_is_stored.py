"""The sets of the index are stored, so that a process of a large shop starts from them."""

from collections.abc import Sequence

from alembic import op

revision: str = "0034"
down_revision: str | None = "0033"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute(
        """
        create table shop.index_sets (
            name text not null,
            layout text not null,
            version bigint not null,
            products bytea not null,
            constraint index_sets_pkey primary key (name)
        )
        """
    )
    # Roaring bitmaps are compressed already.
    op.execute("alter table shop.index_sets alter column products set storage external")


def downgrade() -> None:
    op.execute("drop table shop.index_sets")
