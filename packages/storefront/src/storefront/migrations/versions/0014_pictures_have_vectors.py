"""The vectors of pictures stand in a table that needs no extension."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# As migration 0002 had it, where the server has pgvector; nothing ever wrote it.
_FORMER = """
    do $$ begin
        if exists (select from pg_extension where extname = 'vector') then
            create table shop.embeddings (
                colourway_id bigint not null
                    constraint embeddings_colourway_id_fkey references shop.colourways,
                model text not null,
                version integer not null,
                embedding halfvec(512) not null,
                constraint embeddings_pkey primary key (model, version, colourway_id)
            );
        end if;
    end $$
"""


def upgrade() -> None:
    op.execute("drop table if exists shop.embeddings")
    op.create_table(
        "embeddings",
        sa.Column("colourway_id", sa.BigInteger(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("picture", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=True),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "made_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["colourway_id"],
            ["shop.colourways.id"],
            name=op.f("embeddings_colourway_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("colourway_id", "model", "version", name=op.f("embeddings_pkey")),
        schema="shop",
    )
    op.create_index("embeddings_number_idx", "embeddings", ["number"], schema="shop")


def downgrade() -> None:
    op.drop_table("embeddings", schema="shop")
    op.execute(_FORMER)
